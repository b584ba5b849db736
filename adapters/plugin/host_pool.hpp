#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "adapters/plugin/host_process.hpp"
#include "adapters/plugin/isolation.hpp"
#include "adapters/plugin/library_image.hpp"

namespace hts::plugin {

/// The processes of one plugin. Starting one takes some milliseconds, so those that have done their
/// work well wait for the next strategy; one that has failed is not used again. Thread-safe.
class HostPool {
 public:
  HostPool(LibraryImage image, PluginOptions options)
      : image_(std::move(image)), options_(std::move(options)) {}

  [[nodiscard]] const LibraryImage& image() const noexcept { return image_; }
  /// A process of the caller's own. Errors as HostProcess::start.
  [[nodiscard]] result::Result<std::unique_ptr<HostProcess>> take();
  void give_back(std::unique_ptr<HostProcess> process) noexcept;

 private:
  LibraryImage image_;
  PluginOptions options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HostProcess>> idle_;
};

}  // namespace hts::plugin
