# The bodies of Kernels.java and InPlace.java, in TorchScript: PyTorch compiles this text when the library loads it. The
# Java files say what each kernel means and which shapes it takes.
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

  def dropout(self, x: Tensor, share: float) -> Tensor:
    return torch.dropout(x, share, True)

  def add_scaled(self, y: Tensor, x: Tensor, factor: float) -> Tensor:
    return torch.add(y, x, alpha=factor)

  def patches(self, pixels: Tensor, w: Tensor, b: Tensor, size: int) -> Tensor:
    y = torch.conv2d(pixels, w.type_as(pixels), b.type_as(pixels), [size, size])
    return y.flatten(2).transpose(1, 2)

  def patches_plain(self, pixels: Tensor, w: Tensor, size: int) -> Tensor:
    return torch.conv2d(pixels, w.type_as(pixels), None, [size, size]).flatten(2).transpose(1, 2)

  def layer_norm(self, x: Tensor, w: Tensor, b: Tensor, eps: float) -> Tensor:
    return torch.layer_norm(x.to(6), [x.size(-1)], w.to(6), b.to(6), eps).type_as(x)

  def rms_norm(self, x: Tensor, w: Tensor, eps: float) -> Tensor:
    return torch.rms_norm(x.to(6), [x.size(-1)], w.to(6), eps).type_as(x)

  def gelu(self, x: Tensor) -> Tensor:
    return torch.gelu(x)

  def gelu_tanh(self, x: Tensor) -> Tensor:
    return torch.gelu(x, approximate="tanh")

  def quick_gelu(self, x: Tensor) -> Tensor:
    return x * torch.sigmoid(x * 1.702)

  def relu(self, x: Tensor) -> Tensor:
    return torch.relu(x)

  def silu(self, x: Tensor) -> Tensor:
    return torch.silu(x)

  def embedding(self, ids: Tensor, table: Tensor) -> Tensor:
    return torch.embedding(table, ids)

  def rows(self, x: Tensor, index: Tensor) -> Tensor:
    return torch.index_select(x, 0, index)

  # ---- attention

  # What query t may not see, as scores: the last of T queries sees all S keys. A hidden key gets -3e4: far below any
  # score, and two of them (future and padding) stay finite in float16 too.
  def future(self, q: Tensor, k: Tensor) -> Tensor:
    T = q.size(-2)
    S = k.size(-2)
    hidden = torch.full([T, S], -30000., dtype=6, device=q.device)
    return torch.triu(hidden, S - T + 1).type_as(q)

  def attention(self, q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    T = q.size(-2)
    if causal and T > 1 and T != k.size(-2):
      y = torch.scaled_dot_product_attention(q, k, v, self.future(q, k))
    else:
      # PyTorch's own flag counts from the first key, so it serves only where T = S; one query alone sees every key.
      y = torch.scaled_dot_product_attention(q, k, v, None, 0., causal and T > 1)
    return y

  def attention_masked(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, causal: bool) -> Tensor:
    bias = mask.type_as(q)
    if causal and q.size(-2) > 1:
      bias = bias + self.future(q, k)
    return torch.scaled_dot_product_attention(q, k, v, bias)

  # Unlike the others, not scaled by the width of a head: T5 has that in its weights.
  def attention_biased(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(q, k, v, bias.type_as(q), 0., False, scale=1.)

  def repeat_heads(self, x: Tensor, times: int) -> Tensor:
    return x.unsqueeze(2).expand([-1, -1, times, -1, -1]).flatten(1, 2)

  # Half-split rotation: number i of a head turns with number i + d/2; angles in f32.
  def rotate(self, x: Tensor, positions: Tensor, theta: float) -> Tensor:
    d = x.size(-1)
    places = torch.arange(0, d, 2, dtype=6, device=x.device)
    speed = torch.reciprocal(torch.pow(theta, places / d))
    angles = positions.to(6).unsqueeze(1).unsqueeze(-1) * speed
    cos = torch.cos(angles).type_as(x)
    sin = torch.sin(angles).type_as(x)
    left, right = torch.chunk(x, 2, -1)
    return torch.cat([left * cos - right * sin, right * cos + left * sin], -1)

  def scores(self, q: Tensor, k: Tensor, causal: bool) -> Tensor:
    s = torch.matmul(q.to(6), k.to(6).transpose(-2, -1)) * float(q.size(-1)) ** -0.5
    if causal:
      s = s + self.future(q, k)
    return s

  def weights(self, q: Tensor, k: Tensor, causal: bool) -> Tensor:
    return torch.softmax(self.scores(q, k, causal), -1).type_as(q)

  def weights_masked(self, q: Tensor, k: Tensor, mask: Tensor, causal: bool) -> Tensor:
    return torch.softmax(self.scores(q, k, causal) + mask.to(6), -1).type_as(q)

  def attention_mask(self, keep: Tensor) -> Tensor:
    return ((keep.to(6) - 1.) * 30000.).unsqueeze(1).unsqueeze(1)

  def sample_mask(self, samples: Tensor) -> Tensor:
    return ((samples.unsqueeze(1) != samples.unsqueeze(2)).to(6) * -30000.).unsqueeze(1)

  # ---- numbers

  def softmax(self, x: Tensor) -> Tensor:
    return torch.softmax(x, -1)

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
