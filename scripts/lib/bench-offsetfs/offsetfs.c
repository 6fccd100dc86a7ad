// SPDX-License-Identifier: Apache-2.0
// The same read-only file system as agent.jar's, in C, to compare with. Only scripts/bench builds it.
// Usage: offsetfs TASKS FUSE-OPTIONS... ; a line of TASKS is: name source offset length
#ifdef LIBFUSE_2
#define FUSE_USE_VERSION 29
#else
#define FUSE_USE_VERSION 31
#endif
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef LIBFUSE_2
#define INFO
#define FILL(name) fill(buffer, name, NULL, 0)
#else
#define INFO , struct fuse_file_info *info
#define FILL(name) fill(buffer, name, NULL, 0, 0)
#endif

struct slice {
  char name[256];
  char source[4096];
  long long offset, length;
};

static struct slice slices[64];
static int count;

static struct slice *find(const char *path) {
  for (int i = 0; i < count; i++)
    if (strcmp(path + 1, slices[i].name) == 0) return &slices[i];
  return NULL;
}

static int do_getattr(const char *path, struct stat *stat_out INFO) {
#ifndef LIBFUSE_2
  (void)info;
#endif
  if (strcmp(path, "/") == 0) {
    stat_out->st_mode = S_IFDIR | 0555;
    stat_out->st_nlink = 2;
    return 0;
  }
  struct slice *slice = find(path);
  if (!slice) return -ENOENT;
  if (stat(slice->source, stat_out) != 0) return -EIO;
  if (stat_out->st_size < slice->offset + slice->length) return -EIO;
  stat_out->st_mode = S_IFREG | 0444;
  stat_out->st_nlink = 1;
  stat_out->st_size = slice->length;
  stat_out->st_blocks = (slice->length + 511) / 512;
  return 0;
}

#ifdef LIBFUSE_2
static int do_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *info) {
#else
static int do_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *info,
                      enum fuse_readdir_flags flags) {
  (void)flags;
#endif
  (void)path, (void)at, (void)info;
  FILL(".");
  FILL("..");
  for (int i = 0; i < count; i++) FILL(slices[i].name);
  return 0;
}

static int do_open(const char *path, struct fuse_file_info *info) {
  struct slice *slice = find(path);
  if (!slice) return -ENOENT;
  int fd = open(slice->source, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -EIO;
  info->fh = ((uint64_t)(slice - slices) << 32) | (uint32_t)fd;
  return 0;
}

static int do_read(const char *path, char *buffer, size_t size, off_t at, struct fuse_file_info *info) {
  (void)path;
  struct slice *slice = &slices[info->fh >> 32];
  if (at >= slice->length) return 0;
  if ((long long)size > slice->length - at) size = slice->length - at;
  size_t done = 0;
  while (done < size) {
    ssize_t got = pread((int)(uint32_t)info->fh, buffer + done, size - done, slice->offset + at + done);
    if (got <= 0) return -EIO;
    done += got;
  }
  return done;
}

static int do_release(const char *path, struct fuse_file_info *info) {
  (void)path;
  close((int)(uint32_t)info->fh);
  return 0;
}

static struct fuse_operations operations = {
    .getattr = do_getattr, .readdir = do_readdir, .open = do_open, .read = do_read, .release = do_release};

int main(int argc, char **argv) {
  FILE *tasks = fopen(argv[1], "r");
  if (!tasks) return 2;
  while (count < 64 && fscanf(tasks, "%255s %4095s %lld %lld", slices[count].name, slices[count].source,
                              &slices[count].offset, &slices[count].length) == 4)
    count++;
  fclose(tasks);
  argv[1] = argv[0];
  return fuse_main(argc - 1, argv + 1, &operations, NULL);
}
