// Connecting ends in time, also where nobody accepts, and says what to do; so does sending.
#include "agentx/dial.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <vector>

namespace galera::agentx {
namespace {

using ::testing::HasSubstr;

struct DialTest : ::testing::Test {
    std::filesystem::path directory;

    DialTest() {
        std::string name{"/tmp/galera-dial-test.XXXXXX"};
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error{"mkdtemp"};
        directory = name;
    }
    ~DialTest() override { std::filesystem::remove_all(directory); }

    [[nodiscard]] std::string path() const { return directory / "master"; }
    /// Bound, and listening if `backlog` is not negative.
    [[nodiscard]] node::UniqueFd bound(int backlog) const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, sizeof address.sun_path - 1);
        node::UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM, 0)};
        if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error{"bind"};
        if (backlog >= 0)
            ::listen(fd.get(), backlog);
        return fd;
    }
};

TEST_F(DialTest, ConnectsToAFile) {
    const auto listener = bound(5);
    const auto fd = dial(path());
    ASSERT_TRUE(fd) << fd.error().text;
    const node::UniqueFd accepted{::accept(listener.get(), nullptr, nullptr)};
    EXPECT_TRUE(send_all(fd->get(), "hello"));
    std::array<char, 6> buffer{};
    EXPECT_EQ(::recv(accepted.get(), buffer.data(), buffer.size(), 0), 5);
    EXPECT_STREQ(buffer.data(), "hello");
}

TEST_F(DialTest, ConnectsToAPortOfAHost) {
    const node::UniqueFd listener{::socket(AF_INET, SOCK_STREAM, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
    ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    const auto socket = "tcp:127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    EXPECT_THAT(dial(socket).error().text, HasSubstr("does snmpd run"));
    ::listen(listener.get(), 1);
    EXPECT_TRUE(dial(socket));
    EXPECT_FALSE(socket_file(socket));
}

TEST_F(DialTest, SaysWhatToDo) {
    EXPECT_THAT(dial(path()).error().text, HasSubstr("No such file or directory; does snmpd run"));
    {
        const auto nobody = bound(-1);
        EXPECT_THAT(dial(path()).error().text, HasSubstr("refused; does snmpd run"));
    }
    EXPECT_THAT(dial("/" + std::string(200, 'x')).error().text, HasSubstr("too long"));
    EXPECT_THAT(dial("tcp:no-such-host.invalid:705").error().text,
                HasSubstr("address is not known"));
    EXPECT_THAT(dial("nothing").error().text, HasSubstr("not the name of a socket"));
}

TEST_F(DialTest, DoesNotWaitForOneWhoTakesNoConnections) {
    const auto listener = bound(0); // and never accepts
    std::vector<node::UniqueFd> waiting;
    const auto began = std::chrono::steady_clock::now();
    auto fd = dial(path());
    for (; fd && waiting.size() < 100; fd = dial(path()))
        waiting.push_back(*std::move(fd));
    ASSERT_FALSE(fd);
    EXPECT_THAT(fd.error().text, HasSubstr("takes no connections"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{30});
}

TEST_F(DialTest, DoesNotWaitForOneWhoDoesNotRead) {
    const auto listener = bound(5);
    const auto fd = dial(path());
    ASSERT_TRUE(fd);
    EXPECT_FALSE(send_all(fd->get(), std::string(64UL * 1024 * 1024, 'x')));
}

TEST_F(DialTest, SendsMoreThanTheSocketHolds) {
    const auto listener = bound(5);
    const auto fd = dial(path());
    ASSERT_TRUE(fd);
    const std::string much(1024UL * 1024, 'x');
    std::size_t got{0};
    std::thread reader{[&] {
        const node::UniqueFd accepted{::accept(listener.get(), nullptr, nullptr)};
        std::vector<char> buffer(65536);
        while (got < much.size()) {
            const auto count = ::recv(accepted.get(), buffer.data(), buffer.size(), 0);
            if (count <= 0)
                return;
            got += static_cast<std::size_t>(count);
        }
    }};
    EXPECT_TRUE(send_all(fd->get(), much));
    reader.join();
    EXPECT_EQ(got, much.size());
}

TEST_F(DialTest, SendingToOneWhoIsGoneFails) {
    auto listener = bound(5);
    const auto fd = dial(path());
    ASSERT_TRUE(fd);
    listener.reset();
    EXPECT_FALSE(send_all(fd->get(), "hello"));
}

} // namespace
} // namespace galera::agentx
