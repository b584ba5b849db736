#include "unit/feed/recorded_frames.hpp"

#include <array>
#include <random>
#include <sstream>

#include <zlib.h>

namespace hts::feed {

std::filesystem::path recordings() {
  return std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" / "data";
}

std::string unpacked(const std::filesystem::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  std::array<char, 65536> piece{};
  for (int got = 0; (got = gzread(file, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  gzclose(file);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

std::string mutated(std::string text, std::uint32_t seed) {
  std::mt19937 random(seed);
  const std::string bytes = "{}[]\",:.0123456789eE+-\\ tfnupqTsmM\x01\xc3";
  for (auto changes = random() % 3 + 1; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    switch (random() % 5) {
      case 0:
        text[at] = bytes[random() % bytes.size()];
        break;
      case 1:
        text.erase(at, random() % 4 + 1);
        break;
      case 2:
        text.insert(at, 1, bytes[random() % bytes.size()]);
        break;
      case 3:
        text.insert(at, text.substr(at / 2, random() % 16));
        break;
      default:
        if (random() % 4 == 0) text.resize(at);
    }
  }
  return text;
}

bool equal_frames(const Frame& left, const Frame& right) {
  if (left.kind != right.kind) return false;
  switch (left.kind) {
    case Frame::Kind::trade:
      return left.code == right.code && left.time == right.time && left.trade == right.trade;
    case Frame::Kind::candle:
      return left.code == right.code && left.candle == right.candle &&
             left.is_closed == right.is_closed;
    case Frame::Kind::ticker:
      return left.code == right.code && left.ticker.time == right.ticker.time &&
             left.ticker.price == right.ticker.price;
    case Frame::Kind::quote:
      return left.code == right.code && left.quote == right.quote;
    case Frame::Kind::refusal:
      return left.reason == right.reason;
    case Frame::Kind::other:
    case Frame::Kind::shutdown:
      return true;
  }
  return false;
}

}  // namespace hts::feed
