// What a person sees of `start` while it waits.
#include "initiator/run/log_tail.hpp"
#include "initiator/run/vigil.hpp"
#include "tests/unit/node/scratch.hpp"
#include "tests/unit/run/told.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace galera::run {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Watched : public testing::Test {
protected:
    /// n3 sees this so long after the beginning.
    void see(const std::string& cluster, std::chrono::seconds at, bool starting = false) {
        const auto told = told_of(cluster, 2);
        vigil.see(told.survey, told.rules, told.verdict, starting, begin + at);
    }
    [[nodiscard]] std::vector<std::string> lines(std::chrono::seconds at) const {
        return vigil.lines(begin + at, {});
    }
    Vigil vigil;
    Vigil::Clock::time_point begin{Vigil::Clock::now()};
};

// n3 is up alone; n2 comes and recovers; then n1, which holds most.
TEST_F(Watched, AreNodesAndSinceWhen) {
    EXPECT_TRUE(lines(0s).empty());
    see("n1 silent\nn2 silent\nn3 stopped A:6 view=n1,n2,n3@3\n", 0s);
    EXPECT_THAT(lines(5s),
                ElementsAre("wait: closure_open for 5 s",
                            "n1    10.0.0.1  -             does not answer SNMP for 5 s  "
                            "waited for, 5 s",
                            "n2    10.0.0.2  -             does not answer SNMP for 5 s  "
                            "waited for, 5 s",
                            "n3 *  10.0.0.3  41414141..:6  stopped for 5 s"));
    see("n1 silent\nn2 recovering\nn3 stopped A:6 view=n1,n2,n3@3\n", 60s);
    EXPECT_THAT(lines(65s),
                ElementsAre("wait: closure_open for 1 min 5 s",
                            "n1    10.0.0.1  -             does not answer SNMP for 1 min 5 s  "
                            "waited for, 1 min 5 s",
                            "n2    10.0.0.2  -             stopped, server recovering for 5 s  "
                            "waited for, 1 min 5 s, since it is recovering its position",
                            "n3 *  10.0.0.3  41414141..:6  stopped for 1 min 5 s"))
        << "n2 is the same that was waited for";
    see("n1 stopped A:9\nn2 stopped A:6\nn3 stopped A:6 view=n1,n2,n3@3\n", 70s);
    EXPECT_THAT(lines(70s)[0], "wait: elected_other for 0 s");
    EXPECT_THAT(lines(70s)[1], HasSubstr("stopped for 0 s "));
    EXPECT_THAT(lines(70s)[1], HasSubstr(" waited for, 1 min 10 s, since it is to bootstrap"));
    EXPECT_THAT(lines(70s)[2], Not(HasSubstr("waited for")));
}

TEST_F(Watched, IsTheStartWithTheLogOfTheServer) {
    see("n1 primary A:9\nn2 silent\nn3 stopped A:6\n", 0s, true);
    vigil.see_log("WSREP_SST: [INFO] \x1b[2Jstreaming");
    EXPECT_EQ(lines(3s).front(), "starting the server for 3 s");
    EXPECT_EQ(lines(3s).back(), "its log: WSREP_SST: [INFO] ?[2Jstreaming");
    EXPECT_THAT(lines(3s)[2], Not(HasSubstr("waited for")));
    see("n1 silent\nn2 silent\nn3 stopped A:6\n", 9s);
    EXPECT_THAT(lines(9s).back(), Not(HasSubstr("its log")));
}

TEST(Duration, IsInTwoUnitsAtMost) {
    for (const auto& [duration, text] :
         std::vector<std::pair<std::chrono::seconds, std::string>>{{0s, "0 s"},
                                                                   {59s, "59 s"},
                                                                   {60s, "1 min 0 s"},
                                                                   {125s, "2 min 5 s"},
                                                                   {3600s, "1 h 0 min"},
                                                                   {30h + 61s, "30 h 1 min"}})
        EXPECT_EQ(duration_text(duration), text);
}

TEST(LogTail, IsTheLastLineThatIsComplete) {
    const node::test::Scratch scratch;
    struct Case {
        std::string content;
        std::uintmax_t offset;
        std::string line;
    };
    const std::string many(10'000, 'x');
    for (const auto& [content, offset, line] : std::vector<Case>{
             {"", 0, ""},
             {"a\nb\n", 0, "b"},
             {"a\nb\ncut", 0, "b"},
             {"a\nb\r\n\n  \n", 0, "b"},
             {"cut", 0, ""},
             {"\n\n", 0, ""},
             {"old\n", 4, ""},
             {"old\nnew\n", 4, "new"},
             {"begun anew\n", 400, "begun anew"},
             {many + "\nlast\n", 0, "last"},
             {"first\n" + many + "\n", 0, std::string(400, 'x')},
         }) {
        std::ofstream{scratch / "log", std::ios::binary} << content;
        EXPECT_EQ(last_line_of(scratch / "log", offset), line);
    }
    EXPECT_EQ(last_line_of(scratch / "absent", 0), "");
}

} // namespace
} // namespace galera::run
