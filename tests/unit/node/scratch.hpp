// What the tests of this room share: a directory that removes itself, and waiting for a condition.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace galera::node::test {

/// A new directory in /tmp that other users may enter, as a server's user must.
class Scratch {
public:
    Scratch() {
        std::string name = "/tmp/galera-initiator-test.XXXXXX";
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error{"cannot make a directory in /tmp"};
        path_ = name;
        std::filesystem::permissions(path_, std::filesystem::perms{0755});
    }
    ~Scratch() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
        EXPECT_FALSE(error) << path_ << ": " << error.message();
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

inline void write_text(const std::filesystem::path& path, std::string_view text) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << text;
}

inline std::string text_of_file(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::size_t entries_in(const std::filesystem::path& directory) {
    const std::filesystem::directory_iterator first{directory};
    return static_cast<std::size_t>(std::distance(begin(first), end(first)));
}

/// Whether the condition comes true within a time that only a broken program needs.
template <typename Condition>
bool eventually(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
}

inline bool is_root() {
    return ::geteuid() == 0;
}

} // namespace galera::node::test
