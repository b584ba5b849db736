#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "adapters/plugin/descriptor.hpp"
#include "adapters/plugin/message.hpp"

namespace hts::plugin {

/// One end of a socket pair that carries messages. One thread at a time. Once it has failed in any
/// way it is of no more use: a message may have been carried half.
class Channel {
 public:
  enum class Outcome {
    done,
    gone,      ///< the other end is closed
    nonsense,  ///< the other end has said what is no message
    given_up,  ///< by KeepWaiting
  };
  /// Asked every few milliseconds while the other end is silent; false gives up, unless the other
  /// end has answered meanwhile. Empty: waits.
  using KeepWaiting = std::function<bool()>;

  explicit Channel(Descriptor socket) noexcept : socket_(std::move(socket)) {}

  [[nodiscard]] int descriptor() const noexcept { return socket_.number(); }
  /// `descriptors` travel with the first byte; the other end gets its own ones.
  [[nodiscard]] Outcome send(MessageKind kind, std::string_view content,
                             const KeepWaiting& keep_waiting = {},
                             const std::vector<int>& descriptors = {});
  /// Descriptors that came with it are appended when `descriptors` is given, else closed.
  [[nodiscard]] Outcome receive(Message& message, const KeepWaiting& keep_waiting = {},
                                std::vector<Descriptor>* descriptors = nullptr);

 private:
  [[nodiscard]] Outcome wait_for(short events, const KeepWaiting& keep_waiting) const;
  [[nodiscard]] Outcome read(char* into, std::size_t size, const KeepWaiting& keep_waiting,
                             std::vector<Descriptor>* descriptors);
  [[nodiscard]] Outcome write(std::string_view bytes, const KeepWaiting& keep_waiting,
                              const std::vector<int>& descriptors);

  Descriptor socket_;
};

}  // namespace hts::plugin
