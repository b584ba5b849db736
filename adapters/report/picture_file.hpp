#pragma once

#include <filesystem>
#include <string>

#include "adapters/report/drawing.hpp"
#include "engine/result/result.hpp"

namespace hts::report {

/// A whole SVG document; texts are escaped. O(shapes).
[[nodiscard]] std::string to_svg(const Drawing& drawing);

/// A PNG file, 8 bits a channel. Lines are smoothed; letters outside of ASCII become boxes. O(width
/// * height + shapes). Errors: invalid (a side below 1 or above 8,192), internal.
[[nodiscard]] result::Result<std::string> to_png(const Drawing& drawing);

enum class PictureFormat { png, svg };
/// By the name's end, in any case. Error: invalid, field `field`, naming both.
[[nodiscard]] result::Result<PictureFormat> picture_format(const std::filesystem::path& path,
                                                           const std::string& field);

/// As PNG or SVG by the file's name; the file appears whole or not at all. Errors: as above, with
/// field `field`; storage.
[[nodiscard]] result::Status write_picture(const Drawing& drawing,
                                           const std::filesystem::path& path,
                                           const std::string& field);

}  // namespace hts::report
