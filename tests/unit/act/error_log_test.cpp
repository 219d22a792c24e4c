#include "initiator/act/error_log.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace galera::act {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t all = 100;

TEST(MeaningfulLines, TellOfAFailure) {
    const std::vector<std::string> lines{
        "2026-11-28 19:48:15 0 [Note] InnoDB: Using io_uring",
        "2026-11-28 19:48:15 0 [ERROR] mariadbd: unknown option '--x'",
        "2026-11-28 19:48:15 0 [Note] WSREP: Failed to establish connection: it tries again",
        "2026-11-28 19:48:15 0 [Warning] WSREP: Failed to prepare for incremental state transfer",
        "2026-11-28 19:48:15 0 [Warning] WSREP: no nodes coming from prim view",
        "WSREP_SST: [ERROR] rsync returned code 12",
        "261128 19:48:15 [ERROR] mysqld got signal 6 ;",
        "terminate called after throwing an instance of 'x'",
        "2026-11-28 19:48:16 0 [ERROR] Aborting",
        "stack_bottom = 0x0",
    };
    EXPECT_THAT(meaningful(lines, all),
                ElementsAre(lines[1], lines[3], lines[5], lines[6], lines[7], lines[8]));
}

TEST(MeaningfulLines, AreToldOnceAndTheLastOfThem) {
    const std::vector<std::string> lines{
        "2026-11-28 19:48:15 0 [ERROR] one", "2026-11-28 19:48:16 0 [ERROR] two",
        "2026-11-28 19:48:17 0 [ERROR] one", "2026-11-28 19:48:18 0 [ERROR] three"};
    EXPECT_THAT(meaningful(lines, all), ElementsAre(lines[1], lines[2], lines[3]));
    EXPECT_THAT(meaningful(lines, 2), ElementsAre(lines[2], lines[3]));
    EXPECT_THAT(meaningful({}, all), IsEmpty());
    EXPECT_THAT(meaningful({"", "all is well"}, all), IsEmpty());
}

class ErrorLog : public testing::Test {
protected:
    const node::test::Scratch scratch;
    const std::filesystem::path directory = scratch.path();
    static void append(const std::filesystem::path& path, const std::string& text) {
        std::ofstream{path, std::ios::app} << text;
    }
    [[nodiscard]] config::Site site() const {
        config::Site site;
        site.settings.run_dir = directory;
        site.error_log = directory / "error.log";
        site.backend = config::Backend::exec;
        return site;
    }
    [[nodiscard]] std::filesystem::path errors() const { return directory / "error.log"; }
    [[nodiscard]] std::filesystem::path output() const { return directory / "server.log"; }
};

TEST_F(ErrorLog, IsReadFromBehindTheMark) {
    append(errors(), "[ERROR] of the day before\n");
    const auto marks = mark_logs(site());
    append(errors(), "[ERROR] of today\n");
    append(output(), "[ERROR] said before the log was open\n");
    EXPECT_THAT(last_errors(marks, all),
                ElementsAre(output().string() + ": [ERROR] said before the log was open",
                            errors().string() + ": [ERROR] of today"));
}

TEST_F(ErrorLog, WithoutAnErrorIsItsLastLine) {
    const auto marks = mark_logs(site());
    EXPECT_THAT(last_errors(marks, all), IsEmpty());
    append(errors(), "one\ntwo\n\n");
    EXPECT_THAT(last_errors(marks, all), ElementsAre(errors().string() + ": two"));
}

TEST_F(ErrorLog, ThatWasBegunAnewIsReadFromItsBeginning) {
    append(errors(), std::string(1000, 'x') + "\n");
    const auto marks = mark_logs(site());
    std::filesystem::remove(errors());
    append(errors(), "[ERROR] new\n");
    EXPECT_THAT(last_errors(marks, all), ElementsAre(errors().string() + ": [ERROR] new"));
}

TEST_F(ErrorLog, IsNamedForPeople) {
    auto where = site();
    EXPECT_EQ(server_log(where), errors().string());
    where.error_log.clear();
    EXPECT_EQ(server_log(where), output().string());
    where.backend = config::Backend::systemd;
    EXPECT_EQ(server_log(where), "the journal of mariadb.service");
}

} // namespace
} // namespace galera::act
