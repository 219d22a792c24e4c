#include "initiator/act/error_log.hpp"

#include "common/node/child.hpp"
#include "common/node/file.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <memory>
#include <sstream>
#include <string_view>
#include <system_error>
#include <systemd/sd-journal.h>
#include <unistd.h>

namespace galera::act {

namespace {

constexpr std::size_t log_bytes_max = std::size_t{1024} * 1024; // of the end of a log
constexpr std::size_t journal_lines_max = 10'000;

LogMark end_of(const std::filesystem::path& path) {
    std::error_code absent;
    const auto size = std::filesystem::file_size(path, absent);
    return {.path = path, .offset = absent ? 0 : size};
}

LogMark end_of_journal(const std::string& unit) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    return {.unit = unit, .since_usec = static_cast<std::uint64_t>(usec)};
}

/// Where mysqld_safe lets a server write that has no log_error.
std::filesystem::path log_of_mysqld_safe(const config::Site& site) {
    std::array<char, HOST_NAME_MAX + 1> host{};
    ::gethostname(host.data(), host.size() - 1); // else ".err", which is not there
    return site.datadir / (std::string{host.data()} + ".err");
}

std::vector<std::string> lines_behind(const LogMark& mark) {
    auto end = node::read_end(mark.path, mark.offset, log_bytes_max);
    std::istringstream text{std::move(end.text)};
    std::string line;
    if (end.cut)
        std::getline(text, line); // what is left of a line
    std::vector<std::string> lines;
    while (std::getline(text, line))
        lines.push_back(std::move(line));
    return lines;
}

struct JournalCloser {
    void operator()(sd_journal* journal) const { ::sd_journal_close(journal); }
};

/// systemd tells that a unit has failed, and journald may not have taken in its last words yet.
/// Best effort: without this there is what journald has.
void await_journal() {
    constexpr std::chrono::seconds at_most{5};
    if (auto sync = node::Child::start({.command = {"journalctl", "--sync"}}))
        (void)sync->wait(at_most);
}

std::vector<std::string> journal_lines(const LogMark& mark) {
    await_journal();
    sd_journal* opened = nullptr;
    if (::sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY) < 0)
        return {};
    const std::unique_ptr<sd_journal, JournalCloser> journal{opened};
    const auto match = "_SYSTEMD_UNIT=" + mark.unit;
    if (::sd_journal_add_match(opened, match.c_str(), 0) < 0 ||
        ::sd_journal_seek_realtime_usec(opened, mark.since_usec) < 0)
        return {};
    constexpr std::string_view field{"MESSAGE="};
    std::vector<std::string> lines;
    while (lines.size() < journal_lines_max && ::sd_journal_next(opened) > 0) {
        const void* data = nullptr;
        std::size_t length = 0;
        if (::sd_journal_get_data(opened, "MESSAGE", &data, &length) < 0 || length < field.size())
            continue;
        lines.emplace_back(static_cast<const char*>(data) + field.size(), length - field.size());
    }
    return lines;
}

bool contains(std::string_view line, std::string_view words) {
    return line.find(words) != std::string_view::npos;
}

bool is_meaningful(std::string_view line) {
    constexpr std::array telling{"[ERROR]",  "[FATAL]",          "got signal ",
                                 "Aborting", "terminate called", "Assertion"};
    constexpr std::array failing{"fail", "Fail", "abort", "Abort", "refuse", "denied", "timed out"};
    const auto is_in = [&](const char* words) { return contains(line, words); };
    return std::ranges::any_of(telling, is_in) ||
           (contains(line, "WSREP") && !contains(line, "[Note]") &&
            std::ranges::any_of(failing, is_in));
}

/// Without the time, which is another with each repetition.
std::string_view told_by(std::string_view line) {
    return line.substr(std::min(line.find('['), line.size()) % line.size());
}

} // namespace

std::filesystem::path output_file(const config::Site& site) {
    return site.settings.run_dir / "server.log";
}

std::string server_log(const config::Site& site) {
    if (!site.error_log.empty())
        return site.error_log.string();
    switch (site.backend) {
    case config::Backend::systemd:
        return "the journal of " + site.settings.unit;
    case config::Backend::sysv:
        return log_of_mysqld_safe(site).string();
    case config::Backend::exec:
        break;
    }
    return site.settings.foreground ? "what is above" : output_file(site).string();
}

std::vector<LogMark> mark_logs(const config::Site& site) {
    std::vector<LogMark> marks;
    if (site.backend == config::Backend::systemd)
        marks.push_back(end_of_journal(site.settings.unit));
    else
        marks.push_back(end_of(output_file(site)));
    if (!site.error_log.empty())
        marks.push_back(end_of(site.error_log));
    else if (site.backend == config::Backend::sysv)
        marks.push_back(end_of(log_of_mysqld_safe(site)));
    return marks;
}

std::vector<std::string> meaningful(const std::vector<std::string>& lines, std::size_t lines_max) {
    std::vector<std::string> found;
    for (auto line = lines.rbegin(); line != lines.rend() && found.size() < lines_max; ++line) {
        const auto is_repeated = [&](const auto& told) { return told_by(told) == told_by(*line); };
        if (is_meaningful(*line) && std::ranges::none_of(found, is_repeated))
            found.push_back(*line);
    }
    std::ranges::reverse(found);
    return found;
}

std::vector<std::string> last_errors(const std::vector<LogMark>& marks, std::size_t lines_max) {
    std::vector<std::string> errors;
    std::string last;
    for (const auto& mark : marks) {
        const auto lines = mark.path.empty() ? journal_lines(mark) : lines_behind(mark);
        const auto place =
            (mark.path.empty() ? "journal of " + mark.unit : mark.path.string()) + ": ";
        for (const auto& line : meaningful(lines, lines_max))
            errors.push_back(place + line);
        const auto end = std::find_if(lines.rbegin(), lines.rend(),
                                      [](const auto& line) { return !line.empty(); });
        if (end != lines.rend())
            last = place + *end;
    }
    if (errors.empty() && !last.empty())
        errors.push_back(last);
    return errors;
}

} // namespace galera::act
