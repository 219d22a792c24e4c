// What reaches the socket of a service manager, and what does not.
#include "common/node/service_manager.hpp"
#include "common/node/unique_fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace galera::node {
namespace {

class ServiceManager : public ::testing::Test {
protected:
    void TearDown() override {
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            unsetenv(name);
    }
};

/// An abstract socket, as systemd has in user sessions.
UniqueFd listen_at(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
    UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), length), 0);
    return socket;
}

TEST_F(ServiceManager, GetsEachMessageWhole) {
    const auto name = "galera-service-manager-test-" + std::to_string(::getpid());
    const auto socket = listen_at(name);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    ASSERT_TRUE(notify_service_manager("READY=1\nSTATUS=serves"));
    std::array<char, 64> heard{};
    const auto count = ::recv(socket.get(), heard.data(), heard.size(), 0);
    ASSERT_GT(count, 0);
    EXPECT_EQ(std::string(heard.data(), static_cast<std::size_t>(count)), "READY=1\nSTATUS=serves");
}

TEST_F(ServiceManager, MayBeAbsent) {
    EXPECT_TRUE(notify_service_manager("READY=1"));
}

TEST_F(ServiceManager, ThatHasGoneIsAnError) {
    setenv("NOTIFY_SOCKET", "/nowhere/notify", 1);
    const auto told = notify_service_manager("READY=1");
    ASSERT_FALSE(told);
    EXPECT_EQ(told.error().text, "/nowhere/notify: cannot notify: No such file or directory");
}

TEST_F(ServiceManager, AtNoPathIsAnError) {
    setenv("NOTIFY_SOCKET", "notify", 1);
    EXPECT_FALSE(notify_service_manager("READY=1"));
    setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
    EXPECT_FALSE(notify_service_manager("READY=1"));
}

TEST_F(ServiceManager, ThatListensToNoMoreHoldsNobodyUp) {
    const auto name = "galera-service-manager-test-" + std::to_string(::getpid());
    const auto socket = listen_at(name);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
    int taken{0};
    while (notify_service_manager("WATCHDOG=1"))
        ASSERT_LT(++taken, 100'000);
    EXPECT_GT(taken, 0);
}

TEST_F(ServiceManager, WantsSignsOfLifeOfItsOwnChildOnly) {
    EXPECT_EQ(watchdog_period(), std::nullopt);
    setenv("WATCHDOG_USEC", "30000000", 1);
    EXPECT_EQ(watchdog_period(), std::chrono::seconds{30});
    setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    EXPECT_EQ(watchdog_period(), std::chrono::seconds{30});
    setenv("WATCHDOG_PID", std::to_string(::getpid() + 1).c_str(), 1);
    EXPECT_EQ(watchdog_period(), std::nullopt);
    for (const auto* nonsense : {"", "0", "-1", "30s"}) {
        setenv("WATCHDOG_USEC", nonsense, 1);
        unsetenv("WATCHDOG_PID");
        EXPECT_EQ(watchdog_period(), std::nullopt) << nonsense;
    }
}

} // namespace
} // namespace galera::node
