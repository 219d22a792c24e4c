// Asks the running server about itself, again and again, on a kept connection through its Unix
// socket, and never waits for it longer than it is told to.
#pragma once

#include "common/galera/server_status.hpp"
#include "common/model/node_report.hpp"
#include "common/model/result.hpp"
#include "common/model/view.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace galera::node {

struct SessionOptions {
    std::filesystem::path socket;
    std::string user; // authenticates by its OS user (unix_socket); empty: that of this process
    /// How long the server may take to answer. One that took longer is looked in on only, until it
    /// answers again.
    std::chrono::milliseconds patience{2000};
};

/// What one round trip to a running server yields.
struct ServerSample {
    ServerStatus status;
    /// As of right after the status: of the position, or of a later one. Empty: there is none.
    Result<std::optional<View>> applied_view;
};

/// Why there is no sample.
struct NoSample {
    ServerConnection connection{ServerConnection::no_answer}; // neither none nor ok
    Error error;
};

/// Not thread-safe: one thread at a time. Connects when first used, again at once if a kept
/// connection was dropped, and after any other error when used again. What the server did not
/// answer in time stays asked: a hanging server is asked once, not once more with each look. The
/// late answer is of a moment that has passed, and is thrown away.
class ServerSession {
public:
    explicit ServerSession(SessionOptions options);
    ~ServerSession();
    ServerSession(const ServerSession&) = delete;
    ServerSession& operator=(const ServerSession&) = delete;

    [[nodiscard]] tl::expected<ServerSample, NoSample> sample();
    /// The applied view alone, of a server without wsrep too. Empty: none.
    [[nodiscard]] tl::expected<std::optional<View>, NoSample> applied_view();
    /// Makes the component that the server is in a Primary one (pc.bootstrap); of one that is
    /// Primary already Galera keeps what it is. Whether it came to be one is seen by `sample`.
    [[nodiscard]] tl::expected<void, NoSample> restore_primary();
    void disconnect();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace galera::node
