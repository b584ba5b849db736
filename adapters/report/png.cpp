#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <png.h>

#include "adapters/report/letters.hpp"
#include "adapters/report/picture_file.hpp"
#include "engine/json/utf8.hpp"

namespace hts::report {
namespace {

using result::ErrorCode;
using result::Result;

/// Red, green and blue of each pixel, row by row.
class Raster {
 public:
  explicit Raster(const Drawing& drawing) : width_(drawing.width), height_(drawing.height) {
    const std::size_t pixels = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
    bytes_.reserve(pixels * channels);
    for (std::size_t i = 0; i < pixels; ++i) {
      bytes_.push_back(drawing.background.red);
      bytes_.push_back(drawing.background.green);
      bytes_.push_back(drawing.background.blue);
    }
  }

  void operator()(const Rectangle& shape) {
    const int left = column(shape.corner.x);
    const int right = column(shape.corner.x + shape.width);
    const int top = row(shape.corner.y);
    const int bottom = row(shape.corner.y + shape.height);
    // The thinnest of boxes is still there.
    for (int y = top; y < std::max(bottom, std::min(top + 1, height_)); ++y) {
      for (int x = left; x < std::max(right, std::min(left + 1, width_)); ++x) {
        mix(x, y, shape.fill, 1);
      }
    }
  }

  void operator()(const Line& shape) {
    for (std::size_t i = 1; i < shape.points.size(); ++i) {
      segment(shape.points[i - 1], shape.points[i], shape.colour, shape.width / 2);
    }
  }

  void operator()(const Text& shape) {
    std::string letters;
    for (std::string_view rest = shape.text; !rest.empty();) {
      const std::size_t length = std::max<std::size_t>(json::utf8_length(rest), 1);
      letters += length == 1 ? rest.front() : '\x7f';
      rest.remove_prefix(length);
    }
    const double width = static_cast<double>(letters.size()) * letter_width * shape.size;
    double left = shape.at.x;
    if (shape.align == Text::Align::middle) left -= width / 2;
    if (shape.align == Text::Align::right) left -= width;
    const int top = static_cast<int>(std::lround(shape.at.y - letter_height * shape.size / 2));
    int x = static_cast<int>(std::lround(left));
    for (const char character : letters) {
      put(letter_of(character), x, top, shape);
      x += static_cast<int>(letter_width) * shape.size;
    }
  }

  [[nodiscard]] const std::vector<png_byte>& bytes() const { return bytes_; }

 private:
  static constexpr std::size_t channels = 3;
  static constexpr int rows_of_a_letter = 8;

  [[nodiscard]] int column(double x) const {
    return static_cast<int>(std::lround(std::clamp(x, 0.0, static_cast<double>(width_))));
  }
  [[nodiscard]] int row(double y) const {
    return static_cast<int>(std::lround(std::clamp(y, 0.0, static_cast<double>(height_))));
  }

  void mix(int x, int y, Colour colour, double share) {
    if (x < 0 || y < 0 || x >= width_ || y >= height_) return;
    png_byte* pixel = &bytes_[(static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                               static_cast<std::size_t>(x)) *
                              channels];
    const auto towards = [share](png_byte from, std::uint8_t to) {
      return static_cast<png_byte>(std::lround(from + (to - from) * share));
    };
    pixel[0] = towards(pixel[0], colour.red);
    pixel[1] = towards(pixel[1], colour.green);
    pixel[2] = towards(pixel[2], colour.blue);
  }

  /// Each pixel by how near its middle is to the segment.
  void segment(Point a, Point b, Colour colour, double reach) {
    if (!std::isfinite(a.x + a.y + b.x + b.y)) return;
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double square = dx * dx + dy * dy;
    const int left = column(std::floor(std::min(a.x, b.x) - reach - 1));
    const int right = column(std::ceil(std::max(a.x, b.x) + reach + 1));
    const int top = row(std::floor(std::min(a.y, b.y) - reach - 1));
    const int bottom = row(std::ceil(std::max(a.y, b.y) + reach + 1));
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        const double px = x + 0.5 - a.x;
        const double py = y + 0.5 - a.y;
        const double along = square > 0 ? std::clamp((px * dx + py * dy) / square, 0.0, 1.0) : 0;
        const double distance = std::hypot(px - along * dx, py - along * dy);
        const double share = std::clamp(reach + 0.5 - distance, 0.0, 1.0);
        if (share > 0) mix(x, y, colour, share);
      }
    }
  }

  void put(const Letter& letter, int left, int top, const Text& shape) {
    for (int i = 0; i < static_cast<int>(letter.size()); ++i) {
      for (int j = 0; j < rows_of_a_letter; ++j) {
        if ((letter[static_cast<std::size_t>(i)] >> j & 1) == 0) continue;
        for (int x = 0; x < shape.size; ++x) {
          for (int y = 0; y < shape.size; ++y) {
            mix(left + i * shape.size + x, top + j * shape.size + y, shape.colour, 1);
          }
        }
      }
    }
  }

  int width_;
  int height_;
  std::vector<png_byte> bytes_;
};

}  // namespace

Result<std::string> to_png(const Drawing& drawing) {
  constexpr int largest = 8'192;
  if (std::min(drawing.width, drawing.height) < 1 ||
      std::max(drawing.width, drawing.height) > largest) {
    return result::make_error(
        ErrorCode::invalid, "A PNG of " + std::to_string(drawing.width) + " by " +
                                std::to_string(drawing.height) +
                                " pixels is not made: up to 8,192 by 8,192; an SVG has no limit.");
  }
  Raster raster(drawing);
  for (const Shape& shape : drawing.shapes) std::visit(raster, shape);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(drawing.width);
  image.height = static_cast<png_uint_32>(drawing.height);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string png(size, '\0');
  if (png_image_write_to_memory(&image, png.data(), &size, 0, raster.bytes().data(), 0, nullptr) ==
      0) {
    return result::make_error(ErrorCode::internal,
                              std::string{"The picture could not be made: "} + image.message + ".");
  }
  png.resize(size);
  return png;
}

}  // namespace hts::report
