// What the disk has of each page that was written and not synced. After a failed sync the kernel calls its pages clean: they stay in the
// page cache, and reach the disk only when they are written again and synced. The harness can take a stopped file back to it: a power cut.
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Held from before a write or a sync to after it: a page that is written while it is synced would be neither.
static pthread_mutex_t locks[FILES] = {[0 ... FILES - 1] = PTHREAD_MUTEX_INITIALIZER};

static uint8_t *kept(int file, size_t page) {
  size_t head = (sizeof(struct control) + PAGE - 1) / PAGE * PAGE;
  return (uint8_t *)control + head + ((size_t)file * PAGES + page) * PAGE;
}

static int tracked(int file) { return control != NULL && file > 0 && control->tracks; }

void will_write(int descriptor, int file, off_t start, size_t length) {
  if (!tracked(file)) return;
  pthread_mutex_lock(&locks[file]);
  int saved = errno;
  size_t end = ((size_t)start + length + PAGE - 1) / PAGE;
  for (size_t page = (size_t)start / PAGE; page < end && page < PAGES; page++) {
    uint8_t *state = &control->states[file][page];
    if (*state == PAGE_CLEAN) {
      uint8_t *copy = kept(file, page);
      size_t done = 0;
      while (done < PAGE) {
        ssize_t count = syscall(SYS_pread64, descriptor, copy + done, PAGE - done, (off_t)(page * PAGE + done));
        if (count <= 0) break;
        done += (size_t)count;
      }
      memset(copy + done, 0, PAGE - done);
    }
    *state = PAGE_DIRTY;
  }
  errno = saved;
}

void wrote(int file) {
  if (tracked(file)) pthread_mutex_unlock(&locks[file]);
}

void sync_begins(int file) {
  if (tracked(file)) pthread_mutex_lock(&locks[file]);
}

void sync_ended(int file, int succeeded) {
  if (!tracked(file)) return;
  for (size_t page = 0; page < PAGES; page++) {
    uint8_t *state = &control->states[file][page];
    if (*state == PAGE_DIRTY) *state = succeeded ? PAGE_CLEAN : PAGE_LOST;
  }
  pthread_mutex_unlock(&locks[file]);
}

// What is cut off or removed is taken as durably gone at once.
void forget(int file, off_t length) {
  if (!tracked(file)) return;
  pthread_mutex_lock(&locks[file]);
  size_t first = ((size_t)length + PAGE - 1) / PAGE;
  if (first < PAGES) memset(&control->states[file][first], PAGE_CLEAN, PAGES - first);
  pthread_mutex_unlock(&locks[file]);
}
