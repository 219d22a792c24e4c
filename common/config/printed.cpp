#include "common/config/printed.hpp"

#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace galera::config {

namespace {

bool reader_has_gone() {
    pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

} // namespace

ExitStatus printed(std::string_view program, ExitStatus otherwise) {
    if (std::cout.flush() || reader_has_gone())
        return otherwise;
    std::cerr << program << ": cannot write to standard output\n";
    return ExitStatus::internal_error;
}

} // namespace galera::config
