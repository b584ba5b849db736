#include <cstdio>

#include "adapters/report/markup.hpp"
#include "adapters/report/picture_file.hpp"

namespace hts::report {
namespace {

std::string hex(Colour colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour.red, colour.green, colour.blue);
  return text;
}

/// A tenth of a pixel is finer than anyone sees.
std::string coordinate(double value) {
  char text[400];
  const int length = std::snprintf(text, sizeof text, "%.1f", value);
  std::string digits(text, static_cast<std::size_t>(length));
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return digits;
}

struct SvgWriter {
  std::string& svg;

  void operator()(const Rectangle& shape) const {
    svg += "<rect x=\"" + coordinate(shape.corner.x) + "\" y=\"" + coordinate(shape.corner.y) +
           "\" width=\"" + coordinate(shape.width) + "\" height=\"" + coordinate(shape.height) +
           "\" fill=\"" + hex(shape.fill) + "\"/>\n";
  }

  void operator()(const Line& shape) const {
    svg += "<polyline fill=\"none\" stroke=\"" + hex(shape.colour) + "\" stroke-width=\"" +
           coordinate(shape.width) + "\" points=\"";
    for (const Point& point : shape.points) {
      svg += coordinate(point.x) + "," + coordinate(point.y) + " ";
    }
    svg += "\"/>\n";
  }

  void operator()(const Text& shape) const {
    static constexpr const char* anchors[] = {"start", "middle", "end"};
    svg += "<text x=\"" + coordinate(shape.at.x) + "\" y=\"" + coordinate(shape.at.y) +
           "\" dominant-baseline=\"central\" text-anchor=\"" +
           anchors[static_cast<std::size_t>(shape.align)] + "\" font-size=\"" +
           coordinate(shape.size * letter_height) + "\" fill=\"" + hex(shape.colour) + "\">" +
           escape_markup(shape.text) + "</text>\n";
  }
};

}  // namespace

std::string to_svg(const Drawing& drawing) {
  const std::string width = std::to_string(drawing.width);
  const std::string height = std::to_string(drawing.height);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" +
                    height + "\" viewBox=\"0 0 " + width + " " + height +
                    "\" font-family=\"sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"" +
                    hex(drawing.background) + "\"/>\n";
  for (const Shape& shape : drawing.shapes) std::visit(SvgWriter{svg}, shape);
  svg += "</svg>\n";
  return svg;
}

}  // namespace hts::report
