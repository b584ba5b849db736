#include "adapters/plugin/channel.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>

namespace hts::plugin {
namespace {

/// Between two questions whether to wait on.
constexpr int wait_milliseconds = 5;
constexpr std::size_t max_descriptors = 4;

struct Frame {
  std::uint32_t kind;
  std::uint32_t reserved;
  std::uint64_t size;
};

}  // namespace

Channel::Outcome Channel::wait_for(short events, const KeepWaiting& keep_waiting) const {
  for (;;) {
    pollfd waiting{socket_.number(), events, 0};
    const int ready = ::poll(&waiting, 1, keep_waiting ? wait_milliseconds : -1);
    if (ready > 0) return Outcome::done;
    if (ready < 0 && errno != EINTR) return Outcome::gone;
    if (!keep_waiting || keep_waiting()) continue;
    // On a busy machine this thread may have been away for long, and the answer is there.
    waiting.revents = 0;
    return ::poll(&waiting, 1, 0) > 0 ? Outcome::done : Outcome::given_up;
  }
}

Channel::Outcome Channel::write(std::string_view bytes, const KeepWaiting& keep_waiting,
                                const std::vector<int>& descriptors) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * max_descriptors)> control{};
  bool attach = !descriptors.empty();
  while (!bytes.empty()) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (attach) {
      header.msg_control = control.data();
      header.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
      cmsghdr* rights = CMSG_FIRSTHDR(&header);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
      std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof(int) * descriptors.size());
    }
    const auto put = ::sendmsg(socket_.number(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0) {
      attach = false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Outcome::gone;
    if (const auto waited = wait_for(POLLOUT, keep_waiting); waited != Outcome::done) return waited;
  }
  return Outcome::done;
}

Channel::Outcome Channel::read(char* into, std::size_t size, const KeepWaiting& keep_waiting,
                               std::vector<Descriptor>* descriptors) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * max_descriptors)> control{};
  while (size > 0) {
    iovec part{into, size};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const auto got = ::recvmsg(socket_.number(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got > 0) {
      for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr;
           item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
          int number = -1;
          std::memcpy(&number, CMSG_DATA(item) + i * sizeof(int), sizeof number);
          Descriptor owned{number};
          if (descriptors != nullptr) descriptors->push_back(std::move(owned));
        }
      }
      into += got;
      size -= static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0) return Outcome::gone;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Outcome::gone;
    if (const auto waited = wait_for(POLLIN, keep_waiting); waited != Outcome::done) return waited;
  }
  return Outcome::done;
}

Channel::Outcome Channel::send(MessageKind kind, std::string_view content,
                               const KeepWaiting& keep_waiting,
                               const std::vector<int>& descriptors) {
  const Frame frame{static_cast<std::uint32_t>(kind), 0, content.size()};
  const auto sent =
      write({reinterpret_cast<const char*>(&frame), sizeof frame}, keep_waiting, descriptors);
  return sent == Outcome::done ? write(content, keep_waiting, {}) : sent;
}

Channel::Outcome Channel::receive(Message& message, const KeepWaiting& keep_waiting,
                                  std::vector<Descriptor>* descriptors) {
  Frame frame{};
  const auto got = read(reinterpret_cast<char*>(&frame), sizeof frame, keep_waiting, descriptors);
  if (got != Outcome::done) return got;
  if (frame.kind > static_cast<std::uint32_t>(MessageKind::desk) ||
      frame.size > max_message_bytes) {
    return Outcome::nonsense;
  }
  message.kind = static_cast<MessageKind>(frame.kind);
  message.content.resize(frame.size);
  return read(message.content.data(), message.content.size(), keep_waiting, descriptors);
}

}  // namespace hts::plugin
