// What the files of a data directory tell by themselves.
#include "common/node/data_directory.hpp"
#include "tests/unit/node/scratch.hpp"

#include <gtest/gtest.h>

namespace galera::node {
namespace {

using test::Scratch;
using test::write_text;

constexpr std::size_t page = 4096;

TEST(OctetsIn, CountWhatAnSstBrings) {
    const Scratch scratch;
    const auto before = octets_in(scratch.path());
    ASSERT_TRUE(before);
    std::filesystem::create_directories(scratch / "shop");
    write_text(scratch / "ibdata1", std::string(16 * page, 'x'));
    write_text(scratch / "shop/t.ibd", std::string(8 * page, 'x'));
    const auto after = octets_in(scratch.path());
    ASSERT_TRUE(after);
    EXPECT_GE(*after, *before + 24 * page);
    EXPECT_LE(*after, *before + 48 * page) << "and little for the directory";

    write_text(scratch / "galera.cache", std::string(1024 * page, 'x'));
    write_text(scratch / "gcache.page.000001", std::string(1024 * page, 'x'));
    EXPECT_EQ(octets_in(scratch.path()), after) << "these the joiner makes itself";
}

TEST(OctetsIn, OfADirectoryThatCannotBeReadAreUnknown) {
    const Scratch scratch;
    write_text(scratch / "file", "");
    EXPECT_EQ(octets_in(scratch / "file"), std::nullopt);
}

} // namespace
} // namespace galera::node
