// How the programs end. DESIGN, section 6.
#pragma once

namespace galera {

enum class ExitStatus : int {
    member = 0, // or: nothing to do
    internal_error = 1,
    usage = 2, // or configuration
    timed_out = 3,
    refused = 4, // an operator is needed
    server_failed = 5,
    another_runs = 6,
    interrupted = 128, // and the number of the signal
};

} // namespace galera
