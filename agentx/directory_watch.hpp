// Sees changes of some files in a directory.
#pragma once

#include "common/model/result.hpp"
#include "common/node/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace galera::agentx {

/// An inotify. The directory may come later: then nothing is seen before `renew` is called again.
class DirectoryWatch {
public:
    /// `files` are names in the directory; `events` are those of inotify(7).
    static Result<DirectoryWatch> make(std::filesystem::path directory,
                                       std::vector<std::string> files, std::uint32_t events);

    /// Once more, as the directory may have come, or come anew, since.
    void renew();
    /// Readable when something has happened in the directory.
    [[nodiscard]] int fd() const { return inotify_.get(); }
    /// Whether one of the files has changed since the last call.
    bool take_changes();

private:
    DirectoryWatch(node::UniqueFd inotify, std::filesystem::path directory,
                   std::vector<std::string> files, std::uint32_t events)
        : inotify_{std::move(inotify)},
          directory_{std::move(directory)}, files_{std::move(files)}, events_{events} {}
    [[nodiscard]] bool names_a_file(std::string_view events) const;

    node::UniqueFd inotify_;
    std::filesystem::path directory_;
    std::vector<std::string> files_;
    std::uint32_t events_;
};

} // namespace galera::agentx
