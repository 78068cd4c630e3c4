/* What mpesad uses of libsystemd (Debian: libsystemd-dev). */
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
