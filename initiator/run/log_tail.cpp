#include "initiator/run/log_tail.hpp"

#include <algorithm>
#include <fstream>
#include <ios>
#include <system_error>

namespace galera::run {

std::string last_line_of(const std::filesystem::path& log, std::uintmax_t offset) {
    constexpr std::uintmax_t tail_octets = 4096;
    constexpr std::size_t line_octets_max = 400;
    std::error_code error;
    const auto size = std::filesystem::file_size(log, error);
    if (error || size <= offset)
        return {};
    const auto begin = std::max(offset, size - std::min(size, tail_octets));
    std::string tail(static_cast<std::size_t>(size - begin), '\0');
    std::ifstream file{log, std::ios::binary};
    if (!file.seekg(static_cast<std::streamoff>(begin)) ||
        !file.read(tail.data(), static_cast<std::streamsize>(tail.size())))
        return {};
    tail.erase(tail.rfind('\n') + 1); // npos + 1 is 0: no line is complete
    const auto end = tail.find_last_not_of(" \t\r\n");
    if (end == std::string::npos)
        return {};
    const auto before = tail.rfind('\n', end);
    const auto first = before == std::string::npos ? 0 : before + 1;
    return tail.substr(first, std::min(end + 1 - first, line_octets_max));
}

} // namespace galera::run
