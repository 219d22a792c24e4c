// A block at the lower end of a terminal: drawn in place, below what is said.
#include "initiator/run/terminal.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace galera::run {
namespace {

class Drawn : public testing::Test {
protected:
    /// What came since the last time.
    std::string taken() {
        auto text = out.str();
        out.str({});
        return text;
    }
    std::ostringstream out;
    Size size{.columns = 80, .rows = 24};
    Screen screen{out, true, [this] { return size; }};
};

TEST_F(Drawn, GoesBackToItsFirstLine) {
    screen.show({"one", "two"});
    EXPECT_EQ(taken(), "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
    screen.show({"1"});
    EXPECT_EQ(taken(), "\r\x1b[2A1\x1b[K\n\x1b[J");
    screen.show({});
    EXPECT_EQ(taken(), "\r\x1b[1A\x1b[J");
    screen.show({"one"});
    EXPECT_EQ(taken(), "\rone\x1b[K\n\x1b[J");
}

TEST_F(Drawn, StandsBelowWhatIsSaid) {
    screen.say("first");
    EXPECT_EQ(taken(), "\r\x1b[Jfirst\n\x1b[J");
    screen.show({"one", "two"});
    taken();
    screen.say("second");
    EXPECT_EQ(taken(), "\r\x1b[2A\x1b[Jsecond\none\x1b[K\ntwo\x1b[K\n\x1b[J");
    screen.clear();
    EXPECT_EQ(taken(), "\r\x1b[2A\x1b[J");
    screen.clear();
    EXPECT_EQ(taken(), "") << "it is gone";
    screen.say("third");
    EXPECT_EQ(taken(), "\r\x1b[Jthird\n\x1b[J");
}

TEST_F(Drawn, MayBeLeft) {
    screen.show({"one"});
    taken();
    screen.leave();
    EXPECT_EQ(taken(), "\r\x1b[K");
    screen.clear();
    EXPECT_EQ(taken(), "");
}

TEST_F(Drawn, IsNoHigherThanTheTerminal) {
    size.rows = 3;
    screen.show({"1", "2", "3", "4"});
    EXPECT_EQ(taken(), "\r1\x1b[K\n2\x1b[K\n\x1b[J");
    screen.show({"5", "6", "7", "8"});
    EXPECT_EQ(taken(), "\r\x1b[2A5\x1b[K\n6\x1b[K\n\x1b[J");
    size.rows = 1;
    screen.show({"1", "2"});
    EXPECT_EQ(taken(), "\r1\x1b[K\n\x1b[J") << "the block is out of sight";
}

// Some terminals wrap what was written, others cut it: how many rows it takes is not known.
TEST_F(Drawn, BeginsAnewOnATerminalThatBecameNarrower) {
    screen.show({"one"});
    taken();
    size.columns = 40;
    screen.show({"two"});
    EXPECT_EQ(taken(), "\rtwo\x1b[K\n\x1b[J");
    size.columns = 100;
    screen.show({"three"});
    EXPECT_EQ(taken(), "\r\x1b[1Athree\x1b[K\n\x1b[J");
}

TEST_F(Drawn, LeavesTheLastColumnFree) {
    EXPECT_EQ(screen.paper().columns, 79U);
    EXPECT_TRUE(screen.paper().colours);
    size.columns = 0;
    EXPECT_EQ(screen.paper().columns, 1U);
}

TEST(Terminal, ThatIsNoneIsOfTheUsualSize) {
    EXPECT_EQ(size_of_terminal(-1), (Size{80, 24}));
    EXPECT_FALSE(outlet_of(-1).redraws);
    EXPECT_FALSE(outlet_of(-1).colours);
}

} // namespace
} // namespace galera::run
