#include "initiator/act/unit_grant.hpp"

#include "common/node/file.hpp"
#include "initiator/act/passed_options.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>

namespace galera::act {

namespace fs = std::filesystem;
using decision::Verdict;
using decision::VerdictKind;

namespace {

fs::path directory_of(const fs::path& units, const std::string& unit) {
    return units / (unit + ".d");
}
fs::path permit_in(const fs::path& directory) {
    return directory / "galera-initiator.prepared";
}
fs::path environment_in(const fs::path& directory) {
    return directory / "galera-initiator.environment";
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

/// With a mark before each of those characters.
std::string marked(const std::string& text, std::string_view characters, char mark) {
    std::string result;
    for (const char character : text) {
        if (characters.find(character) != std::string_view::npos)
            result += mark;
        result += character;
    }
    return result;
}
std::string without_specifiers(const std::string& text) {
    return marked(text, "%", '%');
}
/// A word of a command of systemd.
std::string word(const fs::path& path) {
    const auto quoted = marked(marked(path.string(), "\\\"", '\\'), "$", '$');
    return "\"" + without_specifiers(quoted) + "\"";
}

std::string removal_of(const fs::path& drop_in, const fs::path& environment) {
    const auto command = "+-/bin/rm -f " + word(drop_in) + " " + word(environment) + "\n";
    return "ExecStartPost=" + command + "ExecStopPost=" + command;
}

std::string timeout_text(const fs::path& drop_in, const fs::path& environment) {
    return "# Of a start by galera-initiator, until the unit is ready or has failed.\n"
           "[Service]\n"
           "TimeoutStartSec=infinity\n" +
           removal_of(drop_in, environment);
}

/// systemd reads the environment anew for each command, so what the last one before the server
/// takes away does not reach the server. The name of the file is a pattern to systemd.
std::string grant_text(const fs::path& drop_in, const fs::path& permit,
                       const fs::path& environment) {
    return timeout_text(drop_in, environment) +
           "Restart=no\n"
           "ExecStartPre=+/bin/sh -c 'flock -n -s -E 9 8 8<\"$$0\"; "
           "test $$? -eq 9 || rm -f \"$$1\"' " +
           word(permit) + " " + word(environment) + "\n" + "EnvironmentFile=-" +
           without_specifiers(marked(environment.string(), "\\*?[", '\\')) + "\n";
}

bool write_all(int fd, std::string_view text) {
    return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

Result<node::UniqueFd> take_permit(const fs::path& path, const std::string& line) {
    constexpr std::chrono::seconds patience{2};
    node::UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!fd)
        return failure(node::system_error(path, "cannot open it", errno));
    if (::fchmod(fd.get(), 0600) != 0) // of an older version it may be another
        return failure(node::system_error(path, "cannot set its mode", errno));
    if (!node::lock_within(fd.get(), patience)) // who only looks whether it is held has it a moment
        return failure(
            node::system_error(path, "another process prepares a start of this unit", errno));
    if (::ftruncate(fd.get(), 0) != 0 || !write_all(fd.get(), line))
        return failure(node::system_error(path, "cannot write it", errno));
    return fd;
}

Result<void> take_away(const fs::path& path) {
    std::error_code error;
    fs::remove(path, error);
    if (error)
        return failure(path.string() + ": cannot remove it: " + error.message());
    return {};
}

} // namespace

fs::path drop_in_of(const std::string& unit, const fs::path& units) {
    return directory_of(units, unit) / "zz-galera-initiator-start.conf"; // last, so that it counts
}

/// Units before MariaDB 10.11.19 pass both variables, the later ones the first, beside a position
/// that they recover themselves. Both are always set: what is set elsewhere must not count.
std::string unit_environment(const Verdict& verdict) {
    std::string position;
    if (verdict.start_position)
        position = "--wsrep_start_position=" + text_of(*verdict.start_position);
    return "_WSREP_NEW_CLUSTER=\"" + joined(options_of(verdict)) + "\"\n" +
           "_WSREP_START_POSITION=\"" + position + "\"\n";
}

std::string permit_line(const Verdict& verdict) {
    const std::string kind = verdict.kind == VerdictKind::bootstrap ? "bootstrap" : "join";
    return kind + " " +
           (verdict.start_position ? text_of(*verdict.start_position) : std::string{"none"}) + "\n";
}

Result<UnitGrant> UnitGrant::give(const std::string& unit, const Verdict& verdict,
                                  const fs::path& units) {
    const auto directory = directory_of(units, unit);
    if (auto made = node::ensure_directory(directory); !made)
        return failure(made.error());
    UnitGrant grant;
    grant.permit_path_ = permit_in(directory);
    auto permit = take_permit(grant.permit_path_, permit_line(verdict));
    if (!permit)
        return failure(permit.error());
    grant.permit_ = *std::move(permit);
    grant.environment_ = environment_in(directory);
    if (auto gone = take_away(grant.environment_); !gone) // a new one is root's alone
        return failure(gone.error());
    if (auto written = node::replace_file(grant.environment_, unit_environment(verdict), 0600,
                                          node::Durability::until_reboot);
        !written)
        return failure(written.error());
    const auto drop_in = drop_in_of(unit, units);
    auto written =
        node::replace_file(drop_in, grant_text(drop_in, grant.permit_path_, grant.environment_),
                           0644, node::Durability::until_reboot);
    if (!written)
        return failure(written.error());
    grant.drop_in_ = drop_in;
    return grant;
}

void UnitGrant::withdraw_options() {
    if (!permit_)
        return;
    std::error_code ignored; // without the lock the files say nothing
    fs::remove(environment_, ignored);
    fs::remove(permit_path_, ignored);
    permit_.reset();
}

Result<void> UnitGrant::leave_timeout() const {
    return node::replace_file(drop_in_, timeout_text(drop_in_, environment_), 0644,
                              node::Durability::until_reboot);
}

Result<void> remove_drop_in(const std::string& unit, const fs::path& units) {
    const auto directory = directory_of(units, unit);
    if (auto removed = take_away(drop_in_of(unit, units)); !removed)
        return removed;
    const auto path = permit_in(directory);
    const node::UniqueFd permit{::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)};
    const bool is_free = permit ? ::flock(permit.get(), LOCK_EX | LOCK_NB) == 0 : errno == ENOENT;
    if (is_free)
        for (const auto& left : {environment_in(directory), path})
            if (auto gone = take_away(left); !gone)
                return gone;
    std::error_code not_empty; // others have drop-ins there
    fs::remove(directory, not_empty);
    return {};
}

} // namespace galera::act
