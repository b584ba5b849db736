#pragma once

#include <string>
#include <string_view>

namespace hts::runtime {

/// Something that enters the actors' world from outside through Runtime::enter: a request, a market
/// data message.
class OutsideWork {
 public:
  virtual ~OutsideWork() = default;

  /// Names its kind; a replay makes it anew by this name and the bytes.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// Appends what a replay needs to make it anew. Called only if somebody records.
  virtual void encode(std::string& bytes) const = 0;
  /// Asks, tells and stops actors. Must not block.
  virtual void run() = 0;
};

}  // namespace hts::runtime
