// The calls that take the place of the C library's. Each one asks the plan, and does the real thing by the system call itself.
#define _GNU_SOURCE
#define open open_declared
#define open64 open64_declared
#define openat openat_declared
#define openat64 openat64_declared
#define creat creat_declared
#define creat64 creat64_declared
#include <fcntl.h>
#undef open
#undef open64
#undef openat
#undef openat64
#undef creat
#undef creat64
#include "control.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static int open_any(int directory, const char *path, int flags, mode_t mode) {
  int error, file = file_at(directory, path);
  struct decision decision = decide(CALL_OPEN, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  int descriptor = (int)syscall(SYS_openat, directory, path, flags, mode);
  if (descriptor >= 0) {
    opened(descriptor, file);
    if (flags & O_TRUNC) forget(file, 0);
  }
  killed_after(decision);
  return descriptor;
}

#define MODE(flags) \
  mode_t mode = 0; \
  if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

EXPORT int open(const char *path, int flags, ...) { MODE(flags) return open_any(AT_FDCWD, path, flags, mode); }
EXPORT int open64(const char *path, int flags, ...) { MODE(flags) return open_any(AT_FDCWD, path, flags, mode); }
EXPORT int openat(int at, const char *path, int flags, ...) { MODE(flags) return open_any(at, path, flags, mode); }
EXPORT int openat64(int at, const char *path, int flags, ...) { MODE(flags) return open_any(at, path, flags, mode); }
EXPORT int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
EXPORT int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
EXPORT int __openat_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }
EXPORT int __openat64_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }
EXPORT int creat(const char *path, mode_t mode) {
  return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
EXPORT int creat64(const char *path, mode_t mode) { return creat(path, mode); }

EXPORT ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t start) {
  int error, file = file_of(descriptor);
  struct decision decision = decide(CALL_PWRITE, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  length = shortened(decision, length);
  will_write(descriptor, file, start, length);
  ssize_t count = syscall(SYS_pwrite64, descriptor, bytes, length, start);
  wrote(file);
  killed_after(decision);
  return count;
}
EXPORT ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t start) {
  return pwrite(descriptor, bytes, length, start);
}

static off_t place(int descriptor, int file) {
  if (file < 0) return 0;
  off_t at = syscall(SYS_lseek, descriptor, 0, SEEK_CUR);
  return at < 0 ? 0 : at;
}

EXPORT ssize_t write(int descriptor, const void *bytes, size_t length) {
  int error, file = file_of(descriptor);
  struct decision decision = decide(CALL_WRITE, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  length = shortened(decision, length);
  will_write(descriptor, file, place(descriptor, file), length);
  ssize_t count = syscall(SYS_write, descriptor, bytes, length);
  wrote(file);
  killed_after(decision);
  return count;
}

EXPORT ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  int error, file = file_of(descriptor);
  if (file < 0) return syscall(SYS_writev, descriptor, parts, count);
  struct decision decision = decide(CALL_WRITEV, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  size_t length = 0;
  for (int part = 0; part < count; part++) length += parts[part].iov_len;
  size_t rest = shortened(decision, length);
  will_write(descriptor, file, place(descriptor, file), rest);
  ssize_t done = 0;
  if (rest == length) {
    done = syscall(SYS_writev, descriptor, parts, count);
  } else {
    for (int part = 0; part < count && rest > 0; part++) {
      size_t wanted = parts[part].iov_len < rest ? parts[part].iov_len : rest;
      ssize_t written = syscall(SYS_write, descriptor, parts[part].iov_base, wanted);
      if (written <= 0) break;
      done += written;
      rest -= (size_t)written;
      if ((size_t)written < wanted) break;
    }
  }
  wrote(file);
  killed_after(decision);
  return done;
}

static int sync_any(enum call call, long number, int descriptor) {
  int error, file = file_of(descriptor);
  struct decision decision = decide(call, file);
  killed_before(decision);
  sync_begins(file);
  // A signal interrupts a sync before it has looked at any page; all other errors are what became of the pages.
  if (fails(decision, &error)) {
    if (error != EINTR) sync_ended(file, 0);
    else wrote(file);
    errno = error;
    return -1;
  }
  int result = (int)syscall(number, descriptor);
  int saved = errno;
  sync_ended(file, result == 0);
  errno = saved;
  killed_after(decision);
  return result;
}

EXPORT int fsync(int descriptor) { return sync_any(CALL_FSYNC, SYS_fsync, descriptor); }
EXPORT int fdatasync(int descriptor) { return sync_any(CALL_FDATASYNC, SYS_fdatasync, descriptor); }

EXPORT int ftruncate(int descriptor, off_t length) {
  int error, file = file_of(descriptor);
  struct decision decision = decide(CALL_FTRUNCATE, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  int result = (int)syscall(SYS_ftruncate, descriptor, length);
  if (result == 0) forget(file, length);
  killed_after(decision);
  return result;
}
EXPORT int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

EXPORT int fallocate(int descriptor, int mode, off_t start, off_t length) {
  int error, file = file_of(descriptor);
  struct decision decision = decide(CALL_FALLOCATE, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  int result = (int)syscall(SYS_fallocate, descriptor, mode, start, length);
  killed_after(decision);
  return result;
}
EXPORT int fallocate64(int descriptor, int mode, off64_t start, off64_t length) {
  return fallocate(descriptor, mode, start, length);
}
// Gives the error back instead of setting errno.
EXPORT int posix_fallocate(int descriptor, off_t start, off_t length) {
  int saved = errno;
  int result = fallocate(descriptor, 0, start, length) == 0 ? 0 : errno;
  errno = saved;
  return result;
}
EXPORT int posix_fallocate64(int descriptor, off64_t start, off64_t length) {
  return posix_fallocate(descriptor, start, length);
}

static int rename_any(int old_at, const char *old, int new_at, const char *new, unsigned flags) {
  int error, file = file_at(new_at, new);
  struct decision decision = decide(CALL_RENAME, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  int result = (int)syscall(SYS_renameat2, old_at, old, new_at, new, flags);
  if (result == 0) forget(file, 0);
  killed_after(decision);
  return result;
}
EXPORT int rename(const char *old, const char *new) { return rename_any(AT_FDCWD, old, AT_FDCWD, new, 0); }
EXPORT int renameat(int old_at, const char *old, int new_at, const char *new) {
  return rename_any(old_at, old, new_at, new, 0);
}
EXPORT int renameat2(int old_at, const char *old, int new_at, const char *new, unsigned flags) {
  return rename_any(old_at, old, new_at, new, flags);
}

static int unlink_any(int at, const char *path, int flags) {
  int error, file = file_at(at, path);
  struct decision decision = decide(CALL_UNLINK, file);
  killed_before(decision);
  if (fails(decision, &error)) { errno = error; return -1; }
  int result = (int)syscall(SYS_unlinkat, at, path, flags);
  if (result == 0) forget(file, 0);
  killed_after(decision);
  return result;
}
EXPORT int unlink(const char *path) { return unlink_any(AT_FDCWD, path, 0); }
EXPORT int unlinkat(int at, const char *path, int flags) { return unlink_any(at, path, flags); }
