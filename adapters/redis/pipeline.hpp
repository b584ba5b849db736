#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hts::redis {

/// Commands that go to the server in one piece and are answered one by one. One thread.
class Pipeline {
 public:
  /// A whole command.
  void add(std::initializer_list<std::string_view> arguments);

  /// A command argument by argument: begin, argument..., end.
  void begin();
  void argument(std::string_view text);
  void argument(std::integral auto number) { argument(std::string_view(std::to_string(number))); }
  void end();
  /// From here to `end` the arguments go as one, a msgpack array of texts, which a script takes
  /// apart faster than the server does.
  void begin_packed();

  /// All commands of another one.
  void append(const Pipeline& other);

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] bool empty() const noexcept { return ends_.empty(); }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  /// Command `index` alone, as it goes over the wire.
  [[nodiscard]] std::string_view command(std::size_t index) const noexcept;

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::string arguments_;  ///< of the command that has begun
  std::size_t count_ = 0;
  bool is_packed_ = false;
  std::string packed_;
  std::size_t packed_count_ = 0;
};

}  // namespace hts::redis
