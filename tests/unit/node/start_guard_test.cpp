// What systemd was told of the start guard, and the file that switches it off.
#include "common/node/start_guard.hpp"
#include "scratch.hpp"

namespace galera::node {
namespace {

class StartGuardTest : public ::testing::Test {
protected:
    void put(std::string_view name) {
        const auto path = root_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path} << '\n';
    }
    [[nodiscard]] StartGuard guard() const {
        return start_guard_of("mariadb.service", root_.path());
    }
    test::Scratch root_;
};

TEST_F(StartGuardTest, IsOffWhereNothingIsInstalled) {
    EXPECT_EQ(guard(), StartGuard::off);
}

TEST_F(StartGuardTest, IsOnWhereTheUnitHasItsDropIn) {
    put("run/systemd/generator/mariadb.service.d/zz-galera-initiator-guard.conf");
    EXPECT_EQ(guard(), StartGuard::on);
}

TEST_F(StartGuardTest, IsOffWhereAnotherUnitHasTheDropIn) {
    put("run/systemd/generator/mysql.service.d/zz-galera-initiator-guard.conf");
    EXPECT_EQ(guard(), StartGuard::off);
}

TEST_F(StartGuardTest, IsOffAtOnceWhenSomebodySwitchesItOff) {
    put("run/systemd/generator/mariadb.service.d/zz-galera-initiator-guard.conf");
    put("etc/galera-initiator/start-guard.off");
    EXPECT_EQ(guard(), StartGuard::off);
}

TEST_F(StartGuardTest, IsUnknownWhereItCannotBeLookedFor) {
    put("run/systemd/generator/mariadb.service.d/zz-galera-initiator-guard.conf");
    std::filesystem::create_directories(root_ / "etc/galera-initiator");
    const auto flag = root_ / "etc/galera-initiator/start-guard.off";
    std::filesystem::create_symlink(flag, flag);
    EXPECT_EQ(guard(), StartGuard::unknown);
}

} // namespace
} // namespace galera::node
