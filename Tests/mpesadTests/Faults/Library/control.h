// What the harness and the preloaded library share: one file, mapped by both. FaultControl.swift has the same layout; FaultLibraryTests
// hold the two together. The harness writes the plan while `active` is 0; the library only counts.
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PLANS = 2, CALLS = 10, FILES = 24, NAME_LENGTH = 32, DIRECTORIES = 2, PATH_LENGTH = 256 };

// The calls, in the order of FaultCall.
enum call {
  CALL_OPEN, CALL_WRITE, CALL_PWRITE, CALL_WRITEV, CALL_FSYNC, CALL_FDATASYNC, CALL_FTRUNCATE, CALL_FALLOCATE, CALL_RENAME, CALL_UNLINK,
};

// What a fault does, in the order of FaultKind.
enum kind { KIND_ERRNO, KIND_SHORT, KIND_SHORT_THEN_ERRNO, KIND_KILL_BEFORE, KIND_KILL_AFTER };

// Pages of a file that a power cut would take back to what the disk has.
enum page_state { PAGE_CLEAN, PAGE_DIRTY, PAGE_LOST };

// A file longer than this is not followed behind it.
enum { PAGE = 4096, PAGES = 8192 };

// One fault. The first plan that has an answer to a call gives it.
struct plan {
  _Atomic uint32_t active;
  uint32_t call, file, kind;
  int32_t error;              // errno
  uint32_t first, times;      // the occurrence to begin with, counted from 1; how many, 0 for ever
  _Atomic uint32_t seen;      // occurrences since the plan was made
  _Atomic uint32_t injected;  // those of them that failed
};

struct control {
  uint32_t layout;                // sizeof(struct control), written by the harness
  uint32_t tracks;                // 1: keep what the disk has of unsynced pages, for a power cut
  _Atomic uint32_t begun;         // processes that loaded the library
  struct plan plans[PLANS];
  char directories[DIRECTORIES][PATH_LENGTH];  // only files in these are looked at; without a slash at the end
  char names[FILES][NAME_LENGTH];              // the first is the directory itself, the last any other file
  _Atomic uint32_t counts[CALLS][FILES];
  uint8_t states[FILES][PAGES];
};
// Behind it, at the next multiple of PAGE: for each file PAGES pages with what the disk has of those that are not clean.

struct decision {
  const struct plan *plan;  // NULL: the call is left alone
  uint32_t ordinal;         // 0 for the first that fails
};

// control.c
extern struct control *control;
int file_at(int directory, const char *path);
int file_of(int descriptor);
void opened(int descriptor, int file);
struct decision decide(enum call call, int file);
void killed_before(struct decision decision);
void killed_after(struct decision decision);
int fails(struct decision decision, int *error);
size_t shortened(struct decision decision, size_t length);

// durability.c
void will_write(int descriptor, int file, off_t start, size_t length);
void wrote(int file);
void sync_begins(int file);
void sync_ended(int file, int succeeded);
void forget(int file, off_t length);
