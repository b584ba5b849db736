#include "adapters/parquet/candle_files.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/disk/disk.hpp"
#include "adapters/disk/disk_error.hpp"
#include "adapters/parquet/catalog_layout.hpp"
#include "adapters/parquet/exception_guard.hpp"
#include "adapters/parquet/file_digest.hpp"

namespace hts::parquet {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
namespace fs = std::filesystem;

constexpr std::size_t most_remembered = 100'000;

result::Error no_such_year(int year) {
  return make_error(ErrorCode::not_found,
                    "There is no file of the year " + std::to_string(year) +
                        ": GET /api/data/candles/years lists those that there are.",
                    "year");
}

}  // namespace

bool may_hold(int year, time::TimeRange range) {
  constexpr auto zone_slack = std::chrono::hours{24};
  return time::utc_year_begin(year) - zone_slack < range.end &&
         range.begin < time::utc_year_begin(year + 1) + zone_slack;
}

OpenCandleFile::OpenCandleFile(int descriptor, fs::path path, CandleFileFacts facts)
    : descriptor_(descriptor), path_(std::move(path)), facts_(std::move(facts)) {}

OpenCandleFile::~OpenCandleFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

OpenCandleFile::OpenCandleFile(OpenCandleFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      facts_(std::move(other.facts_)) {}

result::Status OpenCandleFile::note_hash() {
  struct stat found{};
  if (::fstat(descriptor_, &found) != 0) return disk::file_error("Cannot read", path_, errno);
  facts_.bytes = static_cast<std::uint64_t>(found.st_size);
  std::vector<std::byte> block(65'536);
  FileDigest digest;
  for (std::uint64_t done = 0; done < facts_.bytes;) {
    const auto left = std::min<std::uint64_t>(block.size(), facts_.bytes - done);
    const std::span<std::byte> part{block.data(), static_cast<std::size_t>(left)};
    if (auto read = read_at(done, part); !read) return read;
    digest.add(part);
    done += left;
  }
  facts_.sha256 = digest.text();
  return result::success();
}

result::Status OpenCandleFile::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const auto got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return disk::file_error("Cannot read", path_, errno);
    if (got == 0) {
      return make_error(ErrorCode::storage, "The file " + path_.string() +
                                                " became shorter while it was read: try again.");
    }
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return result::success();
}

Result<std::vector<CandleFileFacts>> CandleFiles::list(const market::Symbol& symbol,
                                                       market::Timeframe timeframe,
                                                       time::TimeRange range) {
  return without_exceptions([&]() -> Result<std::vector<CandleFileFacts>> {
    auto years = list_years(*disk::system_disk(), series_folder(data_root_, symbol, timeframe));
    if (!years) return std::move(years).error();
    std::vector<CandleFileFacts> files;
    for (const YearFile& year : *years) {
      if (!may_hold(year.year, range)) continue;
      auto file = open(year.path, year.year);
      if (file) {
        files.push_back(file->facts());
      } else if (file.error().code != ErrorCode::not_found) {
        return std::move(file).error();
      }
    }
    return files;
  });
}

Result<OpenCandleFile> CandleFiles::open(const market::Symbol& symbol, market::Timeframe timeframe,
                                         int year) {
  return without_exceptions([&]() -> Result<OpenCandleFile> {
    return open(year_path(series_folder(data_root_, symbol, timeframe), year), year);
  });
}

Result<OpenCandleFile> CandleFiles::open(const fs::path& path, int year) {
  // A pipe that somebody put there must not hold us.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return no_such_year(year);
    return disk::file_error("Cannot read", path, errno);
  }
  OpenCandleFile file{descriptor, path};
  struct stat found{};
  if (::fstat(descriptor, &found) != 0) return disk::file_error("Cannot read", path, errno);
  if (!S_ISREG(found.st_mode)) return no_such_year(year);
  file.facts_.year = year;
  file.facts_.bytes = static_cast<std::uint64_t>(found.st_size);
  const Identity identity{found.st_dev, found.st_ino, file.facts_.bytes, found.st_ctim.tv_sec,
                          found.st_ctim.tv_nsec};
  {
    const std::scoped_lock lock(mutex_);
    if (const auto known = known_.find(identity); known != known_.end()) {
      file.facts_.sha256 = known->second;
      return file;
    }
  }
  if (auto hashed = file.note_hash(); !hashed) return std::move(hashed).error();
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= most_remembered) known_.clear();
  known_.emplace(identity, file.facts_.sha256);
  return file;
}

}  // namespace hts::parquet
