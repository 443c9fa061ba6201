/* Preloaded into a process, it shifts the clock that tells the time; monotonic clocks stay right.

   How far, in nanoseconds, is an int64 in the file FORETUNE_FAKE_CLOCK, which may change at any
   time. (libfaketime 0.9.10, Debian's, breaks time.sleep of Python 3.11: its issue 426.) */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t right = 0;
static volatile const int64_t *shift = &right;

__attribute__((constructor)) static void open_clock(void)
{
    const char *name = getenv("FORETUNE_FAKE_CLOCK");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *content = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (content != MAP_FAILED)
        shift = content;
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanoseconds = now->tv_sec * INT64_C(1000000000) + now->tv_nsec + *shift;
        now->tv_sec = nanoseconds / 1000000000;
        now->tv_nsec = nanoseconds % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec time_now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &time_now);
    now->tv_sec = time_now.tv_sec;
    now->tv_usec = time_now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}
