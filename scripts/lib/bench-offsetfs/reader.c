// SPDX-License-Identifier: Apache-2.0
// Reads files for scripts/bench and prints: bytes nanoseconds
// Usage: reader seq FILE...          each whole, in blocks of 1 MiB, one thread a file;
//                                    FILE@OFFSET+LENGTH is a part of it
//        reader rand COUNT FILE      so many blocks of 4 KiB at random places
//        reader drop FILE...         takes the files out of the page cache; prints nothing
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (1 << 20)
#define SMALL 4096
#define FILES_MAX 64

static long long read_bytes[FILES_MAX];

static int opened(const char *file) {
  int fd = open(file, O_RDONLY);
  if (fd < 0) {
    perror(file);
    exit(1);
  }
  return fd;
}

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

struct job {
  char *file;
  long long *bytes;
};

static void *whole(void *argument) {
  struct job *job = argument;
  long long at = 0, length = -1;
  char *part = strchr(job->file, '@');
  if (part) {
    sscanf(part, "@%lld+%lld", &at, &length);
    *part = 0;
  }
  int fd = opened(job->file);
  if (at > 0) lseek(fd, at, SEEK_SET);
  char *buffer = aligned_alloc(SMALL, BLOCK);
  ssize_t got = 0;
  while (*job->bytes != length && (got = read(fd, buffer, BLOCK)) > 0) *job->bytes += got;
  if (got < 0) {
    perror(job->file);
    exit(1);
  }
  free(buffer);
  close(fd);
  return NULL;
}

static void random_blocks(const char *file, int count) {
  int fd = opened(file);
  struct stat stat;
  fstat(fd, &stat);
  char buffer[SMALL];
  unsigned long long state = 88172645463325252ULL;
  posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
  for (int i = 0; i < count; i++) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    long long at = (long long)(state % (unsigned long long)(stat.st_size / SMALL)) * SMALL;
    if (pread(fd, buffer, SMALL, at) != SMALL) {
      perror(file);
      exit(1);
    }
    read_bytes[0] += SMALL;
  }
  close(fd);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  if (strcmp(argv[1], "drop") == 0) {
    for (int i = 2; i < argc; i++) {
      int fd = opened(argv[i]);
      posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      close(fd);
    }
    return 0;
  }
  long long before = now();
  int files = argc - 2;
  if (strcmp(argv[1], "rand") == 0) {
    random_blocks(argv[3], atoi(argv[2]));
    files = 1;
  } else {
    pthread_t threads[FILES_MAX];
    struct job jobs[FILES_MAX];
    for (int i = 0; i < files; i++) {
      jobs[i] = (struct job){argv[i + 2], &read_bytes[i]};
      pthread_create(&threads[i], NULL, whole, &jobs[i]);
    }
    for (int i = 0; i < files; i++) pthread_join(threads[i], NULL);
  }
  long long total = 0;
  for (int i = 0; i < files; i++) total += read_bytes[i];
  printf("%lld %lld\n", total, now() - before);
  return 0;
}
