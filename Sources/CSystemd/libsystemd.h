/* What mpesad uses of libsystemd (Debian: libsystemd-dev). */
/* Without this sd_journal_sendv is a macro that adds this header's line as the place where an entry comes from. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
