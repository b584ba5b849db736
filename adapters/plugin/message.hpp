#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

/// What the program and a strategy's process say to each other: a kind and numbers in the machine's
/// own layout, since both are the same program on the same machine.
namespace hts::plugin {

enum class MessageKind : std::uint32_t {
  // To the process. Every one but `start` is answered by `done` or `failed`.
  start,     ///< the plugin's path, the memory limit; with two descriptors: library, progress page
  check,     ///< parameters
  warm_up,   ///< parameters -> u64
  create,    ///< parameters; replaces the instance that there was
  destroy,   ///< the instance
  scan,      ///< u64 count, then the columns -> u64 count, then (u64 index, hts_signal)
  decide,    ///< hts_candle, u32 whether there is a desk -> hts_signal
  snapshot,  ///< -> numbers
  restore,   ///< numbers
  // From the process.
  facts,   ///< answer to `start`: PluginFacts
  done,    ///< the answer
  failed,  ///< text
  // From the process while it works on `decide`, to the desk. The last three are answered by
  // `desk`.
  cancel,      ///< u64
  cancel_all,  ///< nothing
  submit,      ///< hts_order -> u64
  position,    ///< -> hts_position
  equity,      ///< -> f64
  desk,        ///< to the process: the answer
};

/// Larger ones are refused unread.
inline constexpr std::size_t max_message_bytes = std::size_t{256} << 20U;

struct Message {
  MessageKind kind = MessageKind::failed;
  std::string content;
};

/// Appends to a message's content.
class MessageWriter {
 public:
  explicit MessageWriter(std::string& content) : content_(&content) { content.clear(); }

  template <class Value>
    requires std::is_trivially_copyable_v<Value>
  void put(const Value& value) {
    content_->append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void bytes(const void* begin, std::size_t size) {
    content_->append(static_cast<const char*>(begin), size);
  }
  void text(std::string_view value) {
    put<std::uint64_t>(value.size());
    content_->append(value);
  }

 private:
  std::string* content_;
};

/// Reads a message's content. Beyond its end everything is 0 and empty, and `sound` is false: one
/// look at the end is enough.
class MessageReader {
 public:
  explicit MessageReader(std::string_view content) : rest_(content) {}

  template <class Value>
    requires std::is_trivially_copyable_v<Value>
  [[nodiscard]] Value get() {
    Value value{};
    if (const char* begin = take(sizeof value)) std::memcpy(&value, begin, sizeof value);
    return value;
  }
  [[nodiscard]] std::string text() {
    const auto size = get<std::uint64_t>();
    const char* begin = take(size);
    return begin == nullptr ? std::string{} : std::string(begin, size);
  }
  /// The next bytes, or null when there are fewer.
  [[nodiscard]] const char* take(std::size_t size) {
    if (size > rest_.size()) {
      sound_ = false;
      rest_ = {};
      return nullptr;
    }
    const char* begin = rest_.data();
    rest_.remove_prefix(size);
    return begin;
  }
  [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }
  /// Everything asked for was there.
  [[nodiscard]] bool sound() const noexcept { return sound_; }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

}  // namespace hts::plugin
