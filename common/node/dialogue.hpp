// One connection to a database server on which nothing blocks, through MariaDB Connector/C.
#pragma once

#include "common/galera/view_rows.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace galera::node {

/// Connects, then asks one multi-statement after another. What the server does not answer at once
/// stays under way and is gone on with, as often as it takes; until it is done or has failed
/// nothing else can be begun. A dialogue can go on after a statement that the server refused; after
/// any other failure it can only be destroyed. That it can be at any time.
class Dialogue {
public:
    enum class Progress : std::uint8_t { waiting, done, failed };

    /// Begins to connect. The socket is a Unix socket's path.
    Dialogue(std::string socket, std::string user);
    ~Dialogue();
    Dialogue(const Dialogue&) = delete; // the library keeps pointers into it
    Dialogue& operator=(const Dialogue&) = delete;

    /// Begins to ask. The statements must outlive the answer.
    void ask(std::string_view statements);

    /// Goes on until then; beyond, only with what has come already.
    Progress go_on(std::chrono::steady_clock::time_point deadline);

    /// The rows of each statement, of those before the failed one if one failed.
    [[nodiscard]] const std::vector<SqlRows>& answers() const;

    /// Why it failed: the server's number or Connector/C's, and its text.
    [[nodiscard]] unsigned error_number() const;
    [[nodiscard]] const std::string& error_text() const;
    /// Whether the server itself said so.
    [[nodiscard]] bool is_servers_error() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace galera::node
