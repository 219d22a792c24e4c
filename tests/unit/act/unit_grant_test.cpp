#include "initiator/act/unit_grant.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>

namespace galera::act {
namespace {

using decision::Verdict;
using decision::VerdictKind;
using testing::HasSubstr;
using testing::Not;

const std::string position_text = "8f33a0a2-0e4b-11ef-9d5c-4f3ac8e57c11:12";
const char* const unit = "m.service";

Verdict verdict(VerdictKind kind, bool with_position = true) {
    Verdict verdict{.kind = kind};
    if (with_position)
        verdict.start_position =
            Position{*Uuid::parse(position_text.substr(0, 36)), *Seqno::from(12)};
    return verdict;
}

TEST(TheEnvironmentOfAUnit, SetsBothVariablesAlways) {
    const auto at = "--wsrep_start_position=" + position_text;
    EXPECT_EQ(unit_environment(verdict(VerdictKind::bootstrap)),
              "_WSREP_NEW_CLUSTER=\"" + at + " --wsrep-new-cluster\"\n" +
                  "_WSREP_START_POSITION=\"" + at + "\"\n");
    EXPECT_EQ(unit_environment(verdict(VerdictKind::join)),
              "_WSREP_NEW_CLUSTER=\"" + at + "\"\n_WSREP_START_POSITION=\"" + at + "\"\n");
    EXPECT_EQ(unit_environment(verdict(VerdictKind::join, false)),
              "_WSREP_NEW_CLUSTER=\"\"\n_WSREP_START_POSITION=\"\"\n");
}

TEST(ThePermit, SaysWhatIsStarted) {
    EXPECT_EQ(permit_line(verdict(VerdictKind::bootstrap)), "bootstrap " + position_text + "\n");
    EXPECT_EQ(permit_line(verdict(VerdictKind::join, false)), "join none\n");
}

class AGrant : public testing::Test {
protected:
    const node::test::Scratch scratch;
    const std::filesystem::path directory = scratch.path();
    [[nodiscard]] std::filesystem::path units() const { return directory / "system"; }
    [[nodiscard]] std::filesystem::path drop_in() const { return drop_in_of(unit, units()); }
    [[nodiscard]] std::filesystem::path permit() const {
        return units() / "m.service.d" / "galera-initiator.prepared";
    }
    [[nodiscard]] std::filesystem::path environment_file() const {
        return units() / "m.service.d" / "galera-initiator.environment";
    }
    [[nodiscard]] static unsigned mode_of(const std::filesystem::path& path) {
        return static_cast<unsigned>(std::filesystem::status(path).permissions());
    }
    [[nodiscard]] static std::string content(const std::filesystem::path& path) {
        std::ostringstream text;
        text << std::ifstream{path}.rdbuf();
        return text.str();
    }
    /// As a guard of the unit sees it.
    [[nodiscard]] bool is_held() const {
        const node::UniqueFd fd{::open(permit().c_str(), O_RDONLY | O_CLOEXEC)};
        return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
    }
    /// As the drop-in's command before the server does.
    [[nodiscard]] int run_check() const {
        auto text = content(drop_in());
        const std::string key{"ExecStartPre=+"};
        const auto begin = text.find(key) + key.size();
        auto command = text.substr(begin, text.find('\n', begin) - begin);
        for (std::size_t at = 0; (at = command.find("$$", at)) != std::string::npos; ++at)
            command.erase(at, 1);
        return std::system(command.c_str()); // NOLINT(cert-env33-c,concurrency-mt-unsafe)
    }
    /// What systemd would read where the drop-in says.
    [[nodiscard]] std::string environment() const {
        const auto text = content(drop_in());
        const std::string key{"EnvironmentFile=-"};
        const auto begin = text.find(key);
        if (begin == std::string::npos)
            return "(none)";
        return content(
            text.substr(begin + key.size(), text.find('\n', begin) - begin - key.size()));
    }
    Result<UnitGrant> give() {
        return UnitGrant::give(unit, verdict(VerdictKind::bootstrap), units());
    }
};

TEST_F(AGrant, HoldsUntilItIsWithdrawn) {
    auto grant = give();
    ASSERT_TRUE(grant) << grant.error().text;
    EXPECT_TRUE(is_held());
    EXPECT_EQ(mode_of(permit()), 0600U);
    EXPECT_EQ(mode_of(environment_file()), 0600U);
    EXPECT_EQ(content(permit()), permit_line(verdict(VerdictKind::bootstrap)));
    EXPECT_EQ(environment(), unit_environment(verdict(VerdictKind::bootstrap)));
    EXPECT_THAT(content(drop_in()), HasSubstr("TimeoutStartSec=infinity\n"));
    EXPECT_THAT(content(drop_in()), HasSubstr("Restart=no\n"));
    grant->withdraw_options();
    EXPECT_FALSE(is_held());
    EXPECT_EQ(environment(), "") << "the drop-in grants nothing any more";
    EXPECT_TRUE(remove_drop_in(unit, units()));
    EXPECT_FALSE(exists(drop_in().parent_path()));
}

TEST_F(AGrant, EndsWithItsHolder) {
    {
        auto grant = give();
        ASSERT_TRUE(grant);
        const auto moved = *std::move(grant);
        EXPECT_TRUE(is_held());
    }
    EXPECT_FALSE(is_held());
    EXPECT_EQ(environment(), "");
}

TEST_F(AGrant, HasAnEnvironmentWhileItIsHeld) {
    {
        auto grant = give();
        ASSERT_TRUE(grant);
        EXPECT_EQ(run_check(), 0);
        EXPECT_EQ(environment(), unit_environment(verdict(VerdictKind::bootstrap)));
    }
    for (const bool has_permit : {true, false}) { // as SIGKILL leaves it
        std::ofstream{environment_file()} << "LEFT=behind\n";
        if (has_permit)
            std::ofstream{permit()} << "join none\n";
        EXPECT_EQ(run_check(), 0);
        EXPECT_FALSE(exists(environment_file()));
        EXPECT_EQ(exists(permit()), has_permit);
        std::filesystem::remove(permit());
    }
}

TEST_F(AGrant, TakesBackAPermitThatOthersCouldOpen) {
    std::filesystem::create_directories(permit().parent_path());
    std::ofstream{permit()} << "join none\n";
    std::filesystem::permissions(permit(), std::filesystem::perms{0644});
    const auto grant = give();
    ASSERT_TRUE(grant);
    EXPECT_EQ(mode_of(permit()), 0600U);
}

TEST_F(AGrant, LeavesTheTimeoutToAStartThatGoesOn) {
    auto grant = give();
    ASSERT_TRUE(grant);
    ASSERT_TRUE(grant->leave_timeout());
    EXPECT_THAT(content(drop_in()), HasSubstr("TimeoutStartSec=infinity\n"));
    EXPECT_THAT(content(drop_in()),
                HasSubstr("ExecStartPost=+-/bin/rm -f \"" + drop_in().string() + "\" \""));
    EXPECT_THAT(content(drop_in()), Not(HasSubstr("Restart")));
    EXPECT_EQ(environment(), "(none)");
}

TEST_F(AGrant, IsGivenOnce) {
    const auto first = give();
    ASSERT_TRUE(first);
    const auto second = give();
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text, HasSubstr("another process prepares a start"));
    EXPECT_TRUE(remove_drop_in(unit, units()));
    EXPECT_TRUE(is_held()) << "what is held stays";
}

TEST_F(AGrant, LeavesTheDropInsOfOthersAlone) {
    std::filesystem::create_directories(drop_in().parent_path());
    std::ofstream{drop_in().parent_path() / "mine.conf"} << "[Service]\n";
    {
        const auto grant = give();
        ASSERT_TRUE(grant);
    }
    EXPECT_TRUE(remove_drop_in(unit, units()));
    EXPECT_TRUE(exists(drop_in().parent_path() / "mine.conf"));
    EXPECT_FALSE(exists(drop_in()));
}

} // namespace
} // namespace galera::act
