#include "adapters/report/picture_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <png.h>

namespace hts::report {
namespace {

struct Pixels {
  unsigned width = 0;
  unsigned height = 0;
  std::vector<unsigned char> bytes;

  [[nodiscard]] Colour at(unsigned x, unsigned y) const {
    const std::size_t place = (std::size_t{y} * width + x) * 3;
    return {bytes[place], bytes[place + 1], bytes[place + 2]};
  }
};

/// As another reader of PNG files sees it.
Pixels decoded(const std::string& png) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  Pixels pixels;
  if (png_image_begin_read_from_memory(&image, png.data(), png.size()) == 0) return pixels;
  image.format = PNG_FORMAT_RGB;
  pixels.bytes.resize(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, pixels.bytes.data(), 0, nullptr) == 0) return pixels;
  pixels.width = image.width;
  pixels.height = image.height;
  return pixels;
}

constexpr Colour white{255, 255, 255};
constexpr Colour black{0, 0, 0};

Drawing canvas(std::vector<Shape> shapes) {
  return {40, 20, white, std::move(shapes)};
}

TEST(Png, holds_the_shapes) {
  const auto pixels = decoded(*to_png(
      canvas({Rectangle{{2, 3}, 4, 5, palette::red}, Line{{{10, 10.5}, {30, 10.5}}, black, 1}})));
  EXPECT_EQ(pixels.width, 40U);
  EXPECT_EQ(pixels.height, 20U);
  EXPECT_EQ(pixels.at(2, 3), palette::red);
  EXPECT_EQ(pixels.at(5, 7), palette::red);
  EXPECT_EQ(pixels.at(6, 7), white);
  EXPECT_EQ(pixels.at(5, 8), white);
  EXPECT_EQ(pixels.at(20, 10), black);
  EXPECT_EQ(pixels.at(20, 12), white);
}

TEST(Png, writes_letters_and_boxes_for_what_it_has_no_letter_for) {
  const auto pixels =
      decoded(*to_png(canvas({Text{{2, 10}, "I\xED\x95\x9C", black, Text::Align::left, 1}})));
  EXPECT_EQ(pixels.at(4, 9), black);   // the stem of the I
  EXPECT_EQ(pixels.at(2, 9), white);   // left of it
  EXPECT_EQ(pixels.at(8, 9), black);   // the left side of one box
  EXPECT_EQ(pixels.at(14, 9), white);  // and no second one
}

TEST(Png, clips_what_lies_outside_and_ignores_what_is_nowhere) {
  const double nowhere = std::numeric_limits<double>::quiet_NaN();
  const auto png = to_png(canvas(
      {Rectangle{{-10, -10}, 500, 500, palette::blue}, Line{{{-50, 10}, {900, 10}}, black, 2},
       Line{{{nowhere, 1}, {2, nowhere}}, black, 2}, Text{{-30, 0}, "outside", black}}));
  ASSERT_TRUE(png.ok());
  EXPECT_EQ(decoded(*png).at(39, 19), palette::blue);
}

TEST(Png, of_a_size_that_no_screen_has_is_refused) {
  EXPECT_FALSE(to_png({0, 10, white, {}}).ok());
  EXPECT_FALSE(to_png({10, 9'000, white, {}}).ok());
}

TEST(Svg, escapes_texts) {
  const auto svg = to_svg(canvas({Text{{1, 2}, "<script>&", black}}));
  EXPECT_NE(svg.find("&lt;script&gt;&amp;"), std::string::npos);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
}

TEST(Svg, holds_the_shapes) {
  const auto svg = to_svg(
      canvas({Rectangle{{2, 3.25}, 4, 5, palette::red}, Line{{{1, 2}, {3, 4}}, black, 1.5}}));
  EXPECT_NE(svg.find(R"(<rect x="2" y="3.2" width="4" height="5" fill="#cc333f"/>)"),
            std::string::npos)
      << svg;
  EXPECT_NE(svg.find(R"(points="1,2 3,4 ")"), std::string::npos);
}

class PictureFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("hts-picture-" +
               std::string{testing::UnitTest::GetInstance()->current_test_info()->name()});
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(PictureFile, is_of_the_format_that_its_name_says) {
  const auto png = folder_ / "a.PNG";
  const auto svg = folder_ / "a.svg";
  ASSERT_TRUE(write_picture(canvas({}), png, "plot").ok());
  ASSERT_TRUE(write_picture(canvas({}), svg, "plot").ok());
  const auto begin = [](const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{file}, {}}.substr(0, 4);
  };
  EXPECT_EQ(begin(png), "\x89PNG");
  EXPECT_EQ(begin(svg), "<svg");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_}, {}), 2);
}

TEST_F(PictureFile, of_another_format_is_refused_with_the_option) {
  const auto refused = write_picture(canvas({}), folder_ / "a.jpg", "plot");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().field, "plot");
}

TEST_F(PictureFile, that_cannot_be_written_leaves_nothing) {
  const auto unplaced = write_picture(canvas({}), folder_ / "missing" / "a.png", "plot");
  ASSERT_FALSE(unplaced.ok());
  EXPECT_EQ(unplaced.error().message,
            "The folder " + (folder_ / "missing").string() +
                " for a.png does not exist: make it first, or choose another.");
  std::filesystem::create_directory(folder_ / "b.png");
  EXPECT_FALSE(write_picture(canvas({}), folder_ / "b.png", "plot").ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_}, {}), 1);
}

}  // namespace
}  // namespace hts::report
