# The bodies of Kernels.java and InPlace.java, in TorchScript: PyTorch compiles this text when the library loads it, and
# layers.py with it. The Java files say what each kernel means and which shapes it takes.
#
# Types are PyTorch's numbers: 0 uint8, 4 int64, 6 float32, 11 bool. w.type_as(x) is w itself if the types agree.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # ---- layers: the precision of x rules, statistics are f32

  def linear(self, x: Tensor, w: Tensor) -> Tensor:
    return torch.linear(x, w.type_as(x))

  def linear_bias(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return torch.linear(x, w.type_as(x), b.type_as(x))

  def linear_onto(self, x: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return y + self.linear(x, w)

  def linear_bias_onto(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Tensor:
    return y + self.linear_bias(x, w, b)

  def dropout(self, x: Tensor, share: float) -> Tensor:
    return torch.dropout(x, share, True)

  def add_scaled(self, y: Tensor, x: Tensor, factor: float) -> Tensor:
    return torch.add(y, x, alpha=factor)

  def patches(self, pixels: Tensor, w: Tensor, b: Tensor, size: int) -> Tensor:
    y = torch.conv2d(pixels, w.type_as(pixels), b.type_as(pixels), [size, size])
    return y.flatten(2).transpose(1, 2)

  def patches_plain(self, pixels: Tensor, w: Tensor, size: int) -> Tensor:
    return torch.conv2d(pixels, w.type_as(pixels), None, [size, size]).flatten(2).transpose(1, 2)

  def embedding(self, ids: Tensor, table: Tensor) -> Tensor:
    return torch.embedding(table, ids)

  def rows(self, x: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(x, 0, index)

  # ---- numbers

  def log_softmax(self, x: Tensor) -> Tensor:
    return torch.log_softmax(x, -1)

  def top(self, x: Tensor, k: int) -> Tensor:
    values, places = torch.topk(x, k)
    return torch.stack([values.to(7), places.to(7)])

  def argmax(self, x: Tensor) -> Tensor:
    return torch.argmax(x, -1)

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

  def scale(self, x: Tensor, factor: float) -> Tensor:
    return x * factor

  # The same memory, cut off from the graph.
  def alias(self, x: Tensor) -> Tensor:
    return x.detach()

  def flows(self, x: Tensor) -> int:
    return int(x.requires_grad)

  def copy(self, x: Tensor) -> Tensor:
    return x.detach().clone()

  def widened(self, x: Tensor, length: int) -> Tensor:
    room = torch.empty([x.size(0), x.size(1), length, x.size(3)], dtype=x.dtype, device=x.device)
    room.narrow(2, 0, x.size(2)).copy_(x)
    return room

  def front(self, x: Tensor, length: int) -> Tensor:
    return x.narrow(2, 0, length)

  def floats(self, x: Tensor) -> Tensor:
    return x.detach().to(6).cpu()

  def code(self, x: Tensor) -> int:
    return x.dtype

  # Computes there, so that a device that is absent or does not work says so; what is not returned is not computed.
  def probe(self, device: str) -> float:
    one = torch.ones([8, 8], dtype=6, device=torch.device(device))
    return float(torch.matmul(one, one).sum())

  # The numbers that a seed gives, whatever was drawn before.
  def normal(self, shape: List[int], mean: float, std: float, seed: int, dtype: int, device: str) -> Tensor:
    torch.manual_seed(seed)
    return torch.empty(shape, dtype=dtype, device=torch.device(device)).normal_(mean, std)

  def room(self, shape: List[int], dtype: int) -> Tensor:
    return torch.empty(shape, dtype=dtype)

  # A private map: the file's own pages until something writes to them.
  def mapped(self, path: str, count: int, dtype: int) -> Tensor:
    return torch.from_file(path, False, count, dtype=dtype)

  def window(self, flat: Tensor, start: int, count: int, shape: List[int]) -> Tensor:
    return flat.narrow(0, start, count).view(shape).data

  def flat(self, x: Tensor) -> Tensor:
    return x.detach().contiguous().flatten()

  def part(self, flat: Tensor, start: int, count: int) -> Tensor:
    return flat.narrow(0, start, count).cpu()

  def near(self, x: Tensor, other: Tensor) -> Tensor:
    return x.to(other.device)

  # ---- language and vision

  def cross_entropy_sum(self, logits: Tensor, labels: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits.to(6), labels, None, 2, -100)

  def count(self, mask: Tensor) -> int:
    return int(mask.to(11).sum())

  def splice(self, embeddings: Tensor, mask: Tensor, features: Tensor) -> Tensor:
    return embeddings.masked_scatter(mask.to(11).unsqueeze(-1), features.type_as(embeddings))

  # ---- training, in place; the caller turns gradients off

  def assign(self, target: Tensor, values: Tensor) -> None:
    target.copy_(values)
    return None

  def put(self, target: Tensor, x: Tensor, at: int) -> None:
    target.narrow(2, at, x.size(2)).copy_(x)
    return None

  def empty(self, target: Tensor) -> None:
    target.set_()
    return None

  def zeros_like(self, target: Tensor, x: Tensor) -> None:
    target.resize_as_(x).zero_()
    return None

  def add_in_place(self, target: Tensor, x: Tensor, factor: float) -> None:
    target.add_(x, alpha=factor)
    return None

  def add_low_rank(self, target: Tensor, a: Tensor, b: Tensor, factor: float) -> None:
    target.copy_(target.to(6) + torch.matmul(b.to(6), a.to(6)) * factor)
    return None

  def clip_global_norm(self, gradients: List[Tensor], max: float, scale: float) -> float:
    norm = torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2, 6))) / scale
    factor = torch.clamp(max / (norm + 1.0e-06), None, 1.) / scale
    torch._foreach_mul_(gradients, factor)
    return float(norm)

  def adamw(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], step: int,
            rate: float, beta1: float, beta2: float, decay: float, eps: float) -> None:
    now = torch.full([], float(step), dtype=6, device=p[0].device)
    steps = annotate(List[Tensor], [])
    for _ in range(len(p)):
      steps.append(now)
    none = annotate(List[Tensor], [])
    torch._fused_adamw_(p, g, m, v, none, steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps,
                        amsgrad=False, maximize=False)
    return None

  def is_finite(self, x: Tensor) -> int:
    return int(torch.isfinite(x).all())

  # ---- places in a profile: they do nothing, and are seen

  def enter_vision(self) -> None:
    return None

  def enter_connector(self) -> None:
    return None

  def enter_language(self) -> None:
    return None
