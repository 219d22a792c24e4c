// Servers that are absent, silent, full, or gone in the middle: nobody waits for them longer than
// agreed. No real server is needed for it.
#include "common/node/server_session.hpp"
#include "common/node/unique_fd.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>

namespace galera::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

/// A socket that accepts when told to, and says what it is told to.
class FakeServer {
public:
    explicit FakeServer(const std::filesystem::path& path)
        : listening_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        // bind(2) wants the general type of an address.
        if (::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
                0 ||
            ::listen(listening_.get(), 8) != 0)
            throw std::runtime_error{"cannot listen on " + path.string()};
    }

    /// The next connection that waits; not open: none does.
    [[nodiscard]] UniqueFd accept() const {
        return UniqueFd{::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    }

private:
    UniqueFd listening_;
};

/// An error in place of the greeting, as a server sends it: length, number of the packet, 0xff, the
/// error's number, its text.
void refuse(const UniqueFd& connection, unsigned number, const std::string& text) {
    const auto octet = [](std::size_t value) { return static_cast<char>(value & 0xFFU); };
    std::string packet{octet(text.size() + 3), 0, 0, 0, '\xff', octet(number), octet(number >> 8U)};
    packet += text;
    ASSERT_EQ(::send(connection.get(), packet.data(), packet.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(packet.size()));
}

struct Looked {
    NoSample why;
    steady_clock::duration lasted;
};

struct ServerSessionTest : testing::Test {
    const test::Scratch scratch;
    const std::filesystem::path socket{scratch / "socket"};

    [[nodiscard]] SessionOptions options(milliseconds patience) const {
        return {.socket = socket, .user = "somebody", .patience = patience};
    }
    static Looked look(ServerSession& session) {
        const auto began = steady_clock::now();
        const auto sample = session.sample();
        const auto lasted = steady_clock::now() - began;
        EXPECT_FALSE(sample);
        return {sample ? NoSample{} : sample.error(), lasted};
    }
};

TEST_F(ServerSessionTest, OfAnAbsentServerEndsAtOnce) {
    ServerSession session{options(seconds{60})};
    const auto absent = look(session);
    EXPECT_EQ(absent.why.connection, ServerConnection::no_answer);
    EXPECT_THAT(absent.why.error.text, HasSubstr(socket.string()));
    EXPECT_THAT(absent.why.error.text, HasSubstr("does not answer"));
    EXPECT_LT(absent.lasted, seconds{30});
}

TEST_F(ServerSessionTest, OfASilentServerWaitsOnceAndThenLooksIn) {
    const FakeServer server{socket};
    ServerSession session{options(seconds{1})};
    const auto first = look(session);
    EXPECT_EQ(first.why.connection, ServerConnection::no_answer);
    EXPECT_THAT(first.why.error.text, HasSubstr("does not answer within 1000 ms"));
    EXPECT_GE(first.lasted, seconds{1});
    for (int again = 0; again < 5; ++again) {
        const auto later = look(session);
        EXPECT_EQ(later.why.error, first.why.error) << "it is logged once, not with each look";
        EXPECT_LT(later.lasted, milliseconds{800});
    }
    EXPECT_TRUE(server.accept());
    EXPECT_FALSE(server.accept()) << "what hangs is asked once";
}

TEST_F(ServerSessionTest, TellsTheKindsOfRefusal) {
    const struct {
        unsigned number;
        const char* text;
        ServerConnection connection;
        const char* what_to_do;
    } table[] = {
        {1040, "Too many connections", ServerConnection::too_many_connections, "max_connections"},
        {1203, "User has already more than max_user_connections",
         ServerConnection::too_many_connections, "no connection left"},
        {1045, "Access denied for user 'somebody'", ServerConnection::access_denied,
         "create the user 'somebody'@'localhost' identified via unix_socket"},
        {1698, "Access denied", ServerConnection::access_denied, "mysql-user"},
        {1129, "Host is blocked", ServerConnection::refused, "Host is blocked"},
        {1053, "Server shutdown in progress", ServerConnection::no_answer, "does not answer"},
    };
    const FakeServer server{socket};
    for (const auto& row : table) {
        SCOPED_TRACE(row.text);
        ServerSession session{options(milliseconds{1})};
        EXPECT_EQ(look(session).why.connection, ServerConnection::no_answer) << "it was not asked";
        const auto connection = server.accept();
        ASSERT_TRUE(connection);
        refuse(connection, row.number, row.text);
        const auto refused = look(session);
        EXPECT_EQ(refused.why.connection, row.connection);
        EXPECT_THAT(refused.why.error.text, HasSubstr(row.text));
        EXPECT_THAT(refused.why.error.text, HasSubstr(row.what_to_do));
    }
}

TEST_F(ServerSessionTest, ConnectsAnewAfterAFailure) {
    const FakeServer server{socket};
    ServerSession session{options(milliseconds{1})};
    for (int time = 0; time < 3; ++time) {
        look(session);
        ASSERT_TRUE(server.accept()) << "and closes"; // the descriptor goes with the statement
        const auto dropped = look(session);
        EXPECT_EQ(dropped.why.connection, ServerConnection::no_answer);
        EXPECT_THAT(dropped.why.error.text, HasSubstr("Lost connection"));
    }
}

TEST_F(ServerSessionTest, MayEndWhileTheServerIsAsked) {
    const FakeServer server{socket};
    ServerSession session{options(milliseconds{1})};
    look(session);
    session.disconnect();
    look(session);
    EXPECT_TRUE(server.accept());
    EXPECT_TRUE(server.accept()) << "another connection";
}

} // namespace
} // namespace galera::node
