// What Swift cannot call itself: sqlite3_db_config takes a variable number of arguments.
#include <sqlite3.h>

// Has a connection leave the log as it is when it is closed, also when it is the last one: by itself SQLite would copy the log into the
// database and delete it. The connection is a sqlite3 *.
static inline int mpesad_sqlite3_keep_log_at_close(void *connection, int keep) {
  return sqlite3_db_config((sqlite3 *)connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep, (int *)0);
}
