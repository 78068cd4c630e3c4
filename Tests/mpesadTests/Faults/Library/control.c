// The plan, the counts, and which file a path or a descriptor is. Uses system calls directly, so nothing here comes back to calls.c.
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct control *control;

// Which of our files a descriptor is, as it was opened. A descriptor that was closed and given out again has another inode.
struct known {
  _Atomic int file;  // plus one; 0 is none
  dev_t device;
  ino_t inode;
};
enum { DESCRIPTORS = 65536 };
static struct known known[DESCRIPTORS];

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULTS_CONTROL");
  if (path == NULL) return;
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (descriptor < 0) _exit(120);
  size_t head = (sizeof(struct control) + PAGE - 1) / PAGE * PAGE;
  void *mapped = mmap(NULL, head + (size_t)FILES * PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  // A plan that cannot be read or has another layout must not pass for a run without faults.
  if (mapped == MAP_FAILED || ((struct control *)mapped)->layout != sizeof(struct control)) _exit(121);
  control = mapped;
  atomic_fetch_add(&control->begun, 1);
}

// Only the last part of a path is compared: none of our files is in a directory below.
int file_at(int directory, const char *path) {
  if (control == NULL || path == NULL) return -1;
  char whole[PATH_MAX];
  if (path[0] != '/') {
    char link[64];
    ssize_t length;
    if (directory == AT_FDCWD) {
      length = syscall(SYS_getcwd, whole, sizeof whole - 1) - 1;
    } else {
      char digits[16];
      int at = sizeof digits - 1;
      digits[at] = 0;
      for (int rest = directory; at == sizeof digits - 1 || rest > 0; rest /= 10) digits[--at] = (char)('0' + rest % 10);
      strcpy(link, "/proc/self/fd/");
      strcat(link, digits + at);
      length = syscall(SYS_readlinkat, AT_FDCWD, link, whole, sizeof whole - 1);
    }
    if (length <= 0 || (size_t)length + strlen(path) + 2 > sizeof whole) return -1;
    whole[length] = '/';
    strcpy(whole + length + 1, path);
    path = whole;
  }
  for (int which = 0; which < DIRECTORIES; which++) {
    const char *name = control->directories[which];
    size_t length = strlen(name);
    if (length == 0 || strncmp(path, name, length) != 0) continue;
    const char *rest = path + length;
    while (*rest == '/' || (*rest == '.' && (rest[1] == '/' || rest[1] == 0))) rest++;
    if (*rest == 0) return 0;
    if (path[length] != '/' || strchr(rest, '/') != NULL) continue;
    for (int file = 1; file < FILES - 1; file++) {
      if (strncmp(rest, control->names[file], NAME_LENGTH) == 0) return file;
    }
    return FILES - 1;
  }
  return -1;
}

void opened(int descriptor, int file) {
  struct stat status;
  if (file < 0 || descriptor < 0 || descriptor >= DESCRIPTORS || fstat(descriptor, &status) != 0) return;
  known[descriptor].device = status.st_dev;
  known[descriptor].inode = status.st_ino;
  atomic_store(&known[descriptor].file, file + 1);
}

int file_of(int descriptor) {
  if (control == NULL || descriptor < 0 || descriptor >= DESCRIPTORS) return -1;
  int file = atomic_load(&known[descriptor].file);
  if (file == 0) return -1;
  int saved = errno;
  struct stat status;
  int same = fstat(descriptor, &status) == 0 && status.st_dev == known[descriptor].device
    && status.st_ino == known[descriptor].inode;
  errno = saved;
  if (same) return file - 1;
  atomic_store(&known[descriptor].file, 0);
  return -1;
}

struct decision decide(enum call call, int file) {
  struct decision decision = {NULL, 0};
  if (control == NULL || file < 0) return decision;
  atomic_fetch_add(&control->counts[call][file], 1);
  for (int which = 0; which < PLANS; which++) {
    struct plan *plan = &control->plans[which];
    if (!atomic_load(&plan->active) || plan->call != call || plan->file != (uint32_t)file) continue;
    uint32_t occurrence = atomic_fetch_add(&plan->seen, 1) + 1;
    if (occurrence < plan->first) continue;
    if (plan->times != 0 && occurrence - plan->first >= plan->times) continue;
    atomic_fetch_add(&plan->injected, 1);
    decision.plan = plan;
    decision.ordinal = occurrence - plan->first;
    break;
  }
  return decision;
}

static void killed(struct decision decision, enum kind kind) {
  if (decision.plan == NULL || decision.plan->kind != kind) return;
  kill(getpid(), SIGKILL);
  pause();
}

void killed_before(struct decision decision) { killed(decision, KIND_KILL_BEFORE); }
void killed_after(struct decision decision) { killed(decision, KIND_KILL_AFTER); }

// Whether the call fails without doing anything, and how.
int fails(struct decision decision, int *error) {
  const struct plan *plan = decision.plan;
  if (plan == NULL) return 0;
  *error = plan->error;
  return plan->kind == KIND_ERRNO || (plan->kind == KIND_SHORT_THEN_ERRNO && decision.ordinal > 0);
}

// How much of a write is done. A single byte cannot be shortened.
size_t shortened(struct decision decision, size_t length) {
  const struct plan *plan = decision.plan;
  int is_short = plan != NULL
    && (plan->kind == KIND_SHORT || (plan->kind == KIND_SHORT_THEN_ERRNO && decision.ordinal == 0));
  return is_short && length > 1 ? length / 2 : length;
}
