#include "initiator/run/log_tail.hpp"

#include "common/node/file.hpp"

#include <algorithm>

namespace galera::run {

std::string last_line_of(const std::filesystem::path& log, std::uintmax_t offset) {
    constexpr std::size_t tail_octets = 4096;
    constexpr std::size_t line_octets_max = 400;
    auto tail = node::read_end(log, offset, tail_octets).text;
    tail.erase(tail.rfind('\n') + 1); // npos + 1 is 0: no line is complete
    const auto end = tail.find_last_not_of(" \t\r\n");
    if (end == std::string::npos)
        return {};
    const auto before = tail.rfind('\n', end);
    const auto first = before == std::string::npos ? 0 : before + 1;
    return tail.substr(first, std::min(end + 1 - first, line_octets_max));
}

} // namespace galera::run
