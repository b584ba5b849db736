#include "adapters/candle_fetch/remote_catalog.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "adapters/daemon_client/daemon_client.hpp"
#include "adapters/parquet/file_digest.hpp"

namespace hts::candle_fetch {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;

/// Two hundred years of names and hashes are a tenth of it.
constexpr std::size_t largest_list = 1U << 20U;
/// Several times a year of minutes.
constexpr std::uint64_t largest_file = std::uint64_t{1} << 30U;

result::Error refused(const std::string& daemon, const daemon_client::Answer& answer) {
  boost::system::error_code problem;
  const auto body = boost::json::parse(answer.body, problem);
  const boost::json::value* detail = nullptr;
  if (!problem && body.is_object()) detail = body.as_object().if_contains("detail");
  std::string message = "The daemon at " + daemon + " answered " + std::to_string(answer.status);
  if (detail != nullptr && detail->is_string()) message += ": " + std::string{detail->as_string()};
  return make_error(ErrorCode::unavailable, std::move(message), "daemon");
}

result::Error no_list(const std::string& daemon) {
  return make_error(ErrorCode::malformed,
                    "What answers at " + daemon +
                        " does not list candles: give --daemon the address of an hts daemon of "
                        "this version.",
                    "daemon");
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Nothing when it is not such a list.
std::optional<std::vector<parquet::CandleFileFacts>> read_years(const std::string& text) {
  boost::system::error_code problem;
  const auto body = boost::json::parse(text, problem);
  if (problem || !body.is_object()) return std::nullopt;
  const auto* years = body.as_object().if_contains("years");
  if (years == nullptr || !years->is_array()) return std::nullopt;
  std::vector<parquet::CandleFileFacts> files;
  for (const boost::json::value& row : years->as_array()) {
    if (!row.is_object()) return std::nullopt;
    const auto* year = row.as_object().if_contains("year");
    const auto* bytes = row.as_object().if_contains("bytes");
    const auto* hash = row.as_object().if_contains("sha256");
    if (year == nullptr || bytes == nullptr || hash == nullptr || !year->is_int64() ||
        !bytes->is_int64() || !hash->is_string()) {
      return std::nullopt;
    }
    parquet::CandleFileFacts file;
    if (year->as_int64() < 1970 || year->as_int64() > 2200 || bytes->as_int64() < 0) {
      return std::nullopt;
    }
    file.year = static_cast<int>(year->as_int64());
    file.bytes = static_cast<std::uint64_t>(bytes->as_int64());
    file.sha256 = std::string{hash->as_string()};
    if (!is_hash(file.sha256) || file.bytes > largest_file) return std::nullopt;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

Result<RemoteCatalog> RemoteCatalog::at(std::string daemon) {
  while (daemon.ends_with('/')) daemon.pop_back();
  const bool has_scheme = daemon.starts_with("http://") || daemon.starts_with("https://");
  if (!has_scheme || daemon.ends_with(':') || daemon.find_first_of("?# @") != std::string::npos) {
    return make_error(ErrorCode::invalid,
                      "The daemon's address '" + daemon +
                          "' is none: write http://host:port, without a path or a password.",
                      "daemon");
  }
  return RemoteCatalog{std::move(daemon)};
}

std::string RemoteCatalog::address_of(const char* path, const market::Symbol& symbol,
                                      market::Timeframe timeframe) const {
  return daemon_ + path + "?symbol=" + symbol.text() +
         "&timeframe=" + std::string{timeframe.name()};
}

Result<std::vector<parquet::CandleFileFacts>> RemoteCatalog::years(
    const market::Symbol& symbol, market::Timeframe timeframe, const KeepGoing& keep_going) const {
  std::string text;
  const auto take = [&](std::string_view bytes) -> result::Status {
    if (text.size() + bytes.size() > largest_list) return no_list(daemon_);
    text += bytes;
    return result::success();
  };
  const auto answer = daemon_client::download(
      address_of("/api/data/candles/years", symbol, timeframe), take, keep_going);
  if (!answer) return answer.error();
  if (answer->status == 404 &&
      answer->body.find("urn:hts:problem:not-found") != std::string::npos &&
      answer->body.find("\"symbol\"") != std::string::npos) {
    return std::vector<parquet::CandleFileFacts>{};
  }
  if (answer->status != 200) return refused(daemon_, *answer);
  auto files = read_years(text);
  if (!files) return no_list(daemon_);
  return *std::move(files);
}

result::Status RemoteCatalog::download(const market::Symbol& symbol, market::Timeframe timeframe,
                                       const parquet::CandleFileFacts& wanted, disk::Disk& disk,
                                       const std::filesystem::path& to,
                                       const KeepGoing& keep_going) const {
  auto file = disk.open(to, disk::OpenMode::write_new);
  if (!file) return std::move(file).error();
  parquet::FileDigest digest;
  std::uint64_t written = 0;
  const auto changed = [&] {
    return make_error(ErrorCode::conflict,
                      "The daemon at " + daemon_ + " sent other candles of " + symbol.text() +
                          " than it had listed: they were replaced meanwhile, so try again.",
                      "daemon");
  };
  const auto take = [&](std::string_view bytes) -> result::Status {
    if (written + bytes.size() > wanted.bytes) return changed();
    const auto part = std::as_bytes(std::span{bytes});
    digest.add(part);
    if (auto put = (*file)->write_at(written, part); !put) return put;
    written += bytes.size();
    return result::success();
  };
  const std::string address =
      address_of("/api/data/candles", symbol, timeframe) + "&year=" + std::to_string(wanted.year);
  const auto answer = daemon_client::download(address, take, keep_going);
  if (!answer) return answer.error();
  if (answer->status == 404) return changed();
  if (answer->status != 200) return refused(daemon_, *answer);
  if (written != wanted.bytes || digest.text() != wanted.sha256) return changed();
  return (*file)->sync();
}

}  // namespace hts::candle_fetch
