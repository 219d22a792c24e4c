// For tests: a directory that goes with the test, and files in it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

namespace galera::config {

class ScratchTest : public testing::Test {
protected:
    ScratchTest() {
        auto name = (std::filesystem::temp_directory_path() / "galera-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("mkdtemp");
        directory = name;
    }
    ~ScratchTest() override {
        std::error_code ignored; // a leftover in the temporary directory harms nobody
        std::filesystem::remove_all(directory, ignored);
    }
    [[nodiscard]] std::filesystem::path write(std::string_view name, std::string_view content,
                                              unsigned mode = 0640) const {
        auto path = directory / name;
        std::ofstream{path, std::ios::binary} << content;
        std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
        return path;
    }

    std::filesystem::path directory;
};

} // namespace galera::config
