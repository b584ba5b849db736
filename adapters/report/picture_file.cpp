#include "adapters/report/picture_file.hpp"

#include <algorithm>
#include <utility>

#include "adapters/report/whole_file.hpp"

namespace hts::report {

result::Result<PictureFormat> picture_format(const std::filesystem::path& path,
                                             const std::string& field) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (extension == ".png") return PictureFormat::png;
  if (extension == ".svg") return PictureFormat::svg;
  return result::make_error(
      result::ErrorCode::invalid,
      "A picture is a .png or an .svg, not '" + path.string() + "': give a name that ends so.",
      field);
}

result::Status write_picture(const Drawing& drawing, const std::filesystem::path& path,
                             const std::string& field) {
  const auto format = picture_format(path, field);
  if (!format) return format.error();
  if (*format == PictureFormat::svg) return write_whole(path, to_svg(drawing));
  auto png = to_png(drawing);
  if (!png) {
    auto error = std::move(png).error();
    error.field = field;
    return error;
  }
  return write_whole(path, *png);
}

}  // namespace hts::report
