# What both classes have beside their products, Kernels (kernels.py) and Products (onednn.py): this text stands behind
# theirs. Types are PyTorch's numbers: 6 float32. The precision of x rules, statistics are f32.

  # ---- norms and activations

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

  # Half-split rotation: number i of a head turns with number i + d/2; angles [B, 1, T, d/2] in f32.
  def angles(self, positions: Tensor, width: int, theta: float) -> Tensor:
    places = torch.arange(0, width, 2, dtype=6, device=positions.device)
    speed = torch.reciprocal(torch.pow(theta, places / width))
    return positions.to(6).unsqueeze(1).unsqueeze(-1) * speed

  def turn(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = torch.chunk(x, 2, -1)
    return torch.cat([left * cos - right * sin, right * cos + left * sin], -1)

  def rotate(self, x: Tensor, positions: Tensor, theta: float) -> Tensor:
    angles = self.angles(positions, x.size(-1), theta)
    return self.turn(x, torch.cos(angles).type_as(x), torch.sin(angles).type_as(x))

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

  # ---- a word through a whole decoder (NextWord.java): the operations of one word are too small to be called one by one

  # [B, 1, D] to [B, H, 1, d]
  def heads(self, x: Tensor, heads: int) -> Tensor:
    return x.reshape([x.size(0), heads, 1, -1])

  # [B, H, 1, d] to [B, 1, D]
  def joined(self, x: Tensor) -> Tensor:
    return x.reshape([x.size(0), 1, -1])

  # Keys or values of all words so far, [B, H, S, d], behind those of the new word.
  def grown(self, past: Tensor, x: Tensor, at: int) -> Tensor:
    past.narrow(2, at, 1).copy_(x)
    return past.narrow(2, 0, at + 1)

  def look_back(self, q: Tensor, k: Tensor, v: Tensor, hide: List[Tensor]) -> Tensor:
    times = q.size(1) // k.size(1)
    if times > 1:
      k = self.repeat_heads(k, times)
      v = self.repeat_heads(v, times)
    if len(hide) > 0:
      y = self.attention_masked(q, k, v, hide[0], False)
    else:
      y = torch.scaled_dot_product_attention(q, k, v)
    return self.joined(y)

  def opt_word(self, x: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor], at: int,
               hide: List[Tensor], heads: int, eps: float) -> Tensor:
    for i in range(len(keys)):
      w = weights[16 * i:16 * (i + 1)]
      h = self.layer_norm(x, w[0], w[1], eps)
      q = self.heads(self.linear_bias(h, w[2], w[3]), heads)
      k = self.grown(keys[i], self.heads(self.linear_bias(h, w[4], w[5]), heads), at)
      v = self.grown(values[i], self.heads(self.linear_bias(h, w[6], w[7]), heads), at)
      x = self.linear_bias_onto(self.look_back(q, k, v, hide), w[8], w[9], x)
      h = torch.relu(self.linear_bias(self.layer_norm(x, w[10], w[11], eps), w[12], w[13]))
      x = self.linear_bias_onto(h, w[14], w[15], x)
    x = self.layer_norm(x, weights[-3], weights[-2], eps)
    return self.linear(x, weights[-1]).squeeze(1)

  def llama_word(self, x: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor], at: int,
                 hide: List[Tensor], positions: Tensor, heads: int, theta: float, eps: float) -> Tensor:
    angles = self.angles(positions, keys[0].size(-1), theta)
    cos = torch.cos(angles).type_as(x)
    sin = torch.sin(angles).type_as(x)
    for i in range(len(keys)):
      w = weights[9 * i:9 * (i + 1)]
      h = self.rms_norm(x, w[0], eps)
      q = self.turn(self.heads(self.linear(h, w[1]), heads), cos, sin)
      k = self.turn(self.heads(self.linear(h, w[2]), keys[i].size(1)), cos, sin)
      v = self.heads(self.linear(h, w[3]), keys[i].size(1))
      seen = self.look_back(q, self.grown(keys[i], k, at), self.grown(values[i], v, at), hide)
      x = self.linear_onto(seen, w[4], x)
      h = self.rms_norm(x, w[5], eps)
      x = self.linear_onto(torch.silu(self.linear(h, w[6])) * self.linear(h, w[7]), w[8], x)
    x = self.rms_norm(x, weights[-2], eps)
    return self.linear(x, weights[-1]).squeeze(1)

  def t5_word(self, x: Tensor, weights: List[Tensor], keys: List[Tensor], values: List[Tensor], at: int,
              bias: Tensor, prompt_keys: List[Tensor], prompt_values: List[Tensor], hide: Tensor, exact: bool,
              eps: float, factor: float) -> Tensor:
    heads = keys[0].size(1)
    approximate = "tanh"
    if exact:
      approximate = "none"
    for i in range(len(keys)):
      w = weights[12 * i:12 * (i + 1)]
      h = self.rms_norm(x, w[0], eps)
      q = self.heads(self.linear(h, w[1]), heads)
      k = self.grown(keys[i], self.heads(self.linear(h, w[2]), heads), at)
      v = self.grown(values[i], self.heads(self.linear(h, w[3]), heads), at)
      x = self.linear_onto(self.joined(self.attention_biased(q, k, v, bias)), w[4], x)
      q = self.heads(self.linear(self.rms_norm(x, w[5], eps), w[6]), heads)
      seen = self.attention_biased(q, prompt_keys[i], prompt_values[i], hide)
      x = self.linear_onto(self.joined(seen), w[7], x)
      h = self.rms_norm(x, w[8], eps)
      gate = torch.gelu(self.linear(h, w[9]), approximate=approximate)
      x = self.linear_onto(gate * self.linear(h, w[10]), w[11], x)
    x = self.rms_norm(x, weights[-2], eps) * factor
    return self.linear(x, weights[-1]).squeeze(1)
