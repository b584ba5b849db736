#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// A picture as shapes, before it is decided what kind of file it becomes.
namespace hts::report {

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;

  friend bool operator==(const Colour&, const Colour&) = default;
};

/// Pixels from the left and from the top.
struct Point {
  double x = 0;
  double y = 0;
};

struct Rectangle {
  Point corner;  ///< left, top
  double width = 0;
  double height = 0;
  Colour fill;
};

/// From point to point.
struct Line {
  std::vector<Point> points;
  Colour colour;
  double width = 1;
};

struct Text {
  enum class Align { left, middle, right };

  Point at;          ///< on its left, middle or right; in the middle of its height
  std::string text;  ///< UTF-8; may come from outside
  Colour colour;
  Align align = Align::left;
  int size = 2;  ///< 7 pixels high each, 6 wide a letter
};

inline constexpr double letter_width = 6;  ///< with the gap after it, at size 1
inline constexpr double letter_height = 7;

using Shape = std::variant<Rectangle, Line, Text>;

/// Later shapes lie above earlier ones.
struct Drawing {
  int width = 0;
  int height = 0;
  Colour background{255, 255, 255};
  std::vector<Shape> shapes;
};

namespace palette {
inline constexpr Colour ink{34, 40, 49};
inline constexpr Colour faint{120, 128, 140};
inline constexpr Colour grid{226, 230, 236};
inline constexpr Colour blue{31, 97, 193};
inline constexpr Colour green{18, 138, 82};
inline constexpr Colour red{204, 51, 63};
}  // namespace palette

}  // namespace hts::report
