// What systemd gets to hear, through a real socket.
#include "agentx/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace galera::agentx {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

/// The socket that systemd would have made, and its environment.
class Systemd {
public:
    Systemd() {
        std::string name{"/tmp/galera-service-test.XXXXXX"};
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error{"mkdtemp"};
        directory_ = name;
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        (directory_ / "notify").string().copy(address.sun_path, sizeof address.sun_path - 1);
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error{"bind"};
        setenv("NOTIFY_SOCKET", (directory_ / "notify").c_str(), 1);
    }
    ~Systemd() {
        for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
            unsetenv(name);
        ::close(fd_);
        std::filesystem::remove_all(directory_);
    }
    Systemd(const Systemd&) = delete;
    Systemd& operator=(const Systemd&) = delete;

    static void wants_signs_of_life(seconds within) {
        setenv("WATCHDOG_USEC", std::to_string(within / std::chrono::microseconds{1}).c_str(), 1);
    }
    /// What has come since the last call.
    std::vector<std::string> heard() const {
        std::vector<std::string> messages;
        std::array<char, 4096> buffer{};
        ssize_t count{0};
        while ((count = ::recv(fd_, buffer.data(), buffer.size(), 0)) > 0)
            messages.emplace_back(buffer.data(), static_cast<std::size_t>(count));
        return messages;
    }

private:
    std::filesystem::path directory_;
    int fd_{-1};
};

struct ServiceTest : ::testing::Test {
    Clock::time_point now = Clock::now();

    Health health(std::uint32_t id, bool served = true, const std::string& error = {}) const {
        NodeReport report;
        report.agent.snapshot_id = id;
        report.agent.last_error = error;
        report.agent.sample_interval = seconds{1};
        return {.snmpd = "/x", .served = served, .snapshot = make_snapshot(report, now)};
    }
};

TEST_F(ServiceTest, IsReadyOnceItHasLooked) {
    const Systemd systemd;
    Service service{now};
    service.tell(health(0, false), now);
    EXPECT_THAT(systemd.heard(),
                ElementsAre("STATUS=Waits for snmpd at /x; has not looked at the node yet"));
    service.tell(health(1, false), now);
    EXPECT_THAT(systemd.heard(),
                ElementsAre("STATUS=Waits for snmpd at /x; everything about the node can be read",
                            "READY=1"));
    service.tell(health(2, true), now);
    service.tell(health(3, true), now);
    EXPECT_THAT(systemd.heard(),
                ElementsAre("STATUS=Serves snmpd at /x; everything about the node can be read"));
}

TEST_F(ServiceTest, SaysInOneLineWhatIsWrong) {
    EXPECT_EQ(status_line(health(1, true, "ibdata1: no\npermission\tREADY=1")),
              "Serves snmpd at /x; ibdata1: no permission READY=1");
}

TEST_F(ServiceTest, SaysThatItReadsItsConfigurationAgain) {
    const Systemd systemd;
    Service service{now};
    service.reloading();
    service.reloaded();
    EXPECT_THAT(systemd.heard(), ElementsAre(MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+")))
        << "it was not ready before";
    service.tell(health(1), now);
    static_cast<void>(systemd.heard());
    service.reloading();
    service.reloaded();
    service.stopping();
    EXPECT_THAT(systemd.heard(), ElementsAre(MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"),
                                             "READY=1", "STOPPING=1"));
}

TEST_F(ServiceTest, GivesSignsOfLifeThriceInTheTimeThatSystemdWaits) {
    const Systemd systemd;
    Systemd::wants_signs_of_life(seconds{30});
    Service service{now};
    EXPECT_EQ(service.tell(health(1), now), seconds{10});
    EXPECT_EQ(systemd.heard().back(), "WATCHDOG=1");
    now += milliseconds{9999};
    service.tell(health(2), now);
    EXPECT_THAT(systemd.heard(), IsEmpty());
    now += milliseconds{1};
    service.tell(health(3), now);
    EXPECT_THAT(systemd.heard(), ElementsAre("WATCHDOG=1"));
}

TEST_F(ServiceTest, GivesNoSignOfLifeWhereTheCollectorIsStuck) {
    const Systemd systemd;
    Systemd::wants_signs_of_life(seconds{30});
    Service service{now};
    const auto last_look = health(1);
    service.tell(last_look, now);
    static_cast<void>(systemd.heard());
    service.tell(last_look, now + seconds{61});
    EXPECT_THAT(systemd.heard(), ElementsAre("WATCHDOG=1")) << "a look may take a minute";
    service.tell(last_look, now + seconds{72});
    EXPECT_THAT(systemd.heard(), IsEmpty());
    now += seconds{80};
    service.tell(health(2), now);
    EXPECT_THAT(systemd.heard(), ElementsAre("WATCHDOG=1"));
}

TEST_F(ServiceTest, GivesNoSignOfLifeWhereTheFirstLookNeverEnds) {
    const Systemd systemd;
    Systemd::wants_signs_of_life(seconds{30});
    Service service{now};
    service.tell(health(0), now);
    EXPECT_EQ(systemd.heard().back(), "WATCHDOG=1");
    service.tell(health(0), now + minutes{2});
    EXPECT_THAT(systemd.heard(), IsEmpty());
}

TEST_F(ServiceTest, SaysNothingWithoutSystemd) {
    Service service{now};
    EXPECT_GE(service.tell(health(1), now), minutes{1});
    service.reloading();
    service.reloaded();
    service.stopping();
}

} // namespace
} // namespace galera::agentx
