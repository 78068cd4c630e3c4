// Makes one call on a file for each letter, and says the result of each, or its negated errno. For the tests of the library.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count != 4) return 2;
  const char *path = arguments[1];
  char bytes[8], beside[4096];
  memset(bytes, arguments[3][0], sizeof bytes);
  snprintf(beside, sizeof beside, "%s.beside", path);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return 3;
  lseek(file, 0, SEEK_END);
  for (const char *letter = arguments[2]; *letter != 0; letter++) {
    long result = -1;
    errno = 0;
    switch (*letter) {
    case 'o': {
      int other = open(path, O_RDONLY | O_CLOEXEC);
      result = other < 0 ? other : 0;
      break;
    }
    case 'w': result = write(file, bytes, sizeof bytes); break;
    case 'p': result = pwrite(file, bytes, sizeof bytes, 64); break;
    case 'P': result = pwrite(file, bytes, sizeof bytes, 0); break;
    case 'v': {
      struct iovec parts[2] = {{bytes, 4}, {bytes + 4, 4}};
      result = writev(file, parts, 2);
      break;
    }
    case 's': result = fsync(file); break;
    case 'd': result = fdatasync(file); break;
    case 't': result = ftruncate(file, 128); break;
    case 'a': {
      int error = posix_fallocate(file, 0, 256);
      result = error == 0 ? 0 : -1;
      errno = error;
      break;
    }
    case 'r': {
      int other = open(beside, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
      close(other);
      result = rename(beside, path);
      break;
    }
    case 'u': result = unlink(path); break;
    default: return 4;
    }
    printf("%s%ld", letter == arguments[2] ? "" : " ", result < 0 ? -(long)errno : result);
  }
  printf("\n");
  return 0;
}
