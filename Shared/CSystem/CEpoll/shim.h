#pragma once
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

/* A GNU extension that Swift's Glibc module leaves out. */
int pthread_setname_np(pthread_t thread, const char *name);
