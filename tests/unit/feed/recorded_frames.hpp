#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "adapters/feed/frame.hpp"

namespace hts::feed {

/// `../shared/data` beside the checkout, which may be absent.
[[nodiscard]] std::filesystem::path recordings();

/// The text of a file, unpacked when it is packed; empty when there is none.
[[nodiscard]] std::string unpacked(const std::filesystem::path& path);

/// Lines that are not empty.
[[nodiscard]] std::vector<std::string> lines_of(const std::string& text);

/// Changes a byte or a few: replaces, removes, repeats, cuts off. Equal for equal seeds.
[[nodiscard]] std::string mutated(std::string text, std::uint32_t seed);

/// Two frames say the same. A test expects it of two ways to read one message.
[[nodiscard]] bool equal_frames(const Frame& left, const Frame& right);

}  // namespace hts::feed
