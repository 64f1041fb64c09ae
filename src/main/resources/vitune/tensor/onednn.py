# The bodies of Products.java, in TorchScript: layers in f32 on a CPU, whose products oneDNN makes. PyTorch itself takes MKL,
# which on some processors is slower. A module of its own, since not every build of PyTorch has oneDNN.
class Products(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def none(self) -> List[Optional[number]]:
    return annotate(List[Optional[number]], [])

  def linear(self, x: Tensor, w: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, w, None, "none", self.none(), "")

  def linear_bias(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, w, b, "none", self.none(), "")

  def linear_onto(self, x: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, y, w, None, "add")

  def linear_bias_onto(self, x: Tensor, w: Tensor, b: Tensor, y: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, y, w, b, "add")

  def pack(self, w: Tensor, rows: int) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(w.detach(), rows)

  # Which of these gradients flow to, a bit each, the first the lowest; -1 if one of those from there on is no leaf.
  def flows(self, arrays: List[Tensor], leaves: int) -> int:
    bits = 0
    for i in range(len(arrays)):
      if arrays[i].requires_grad:
        bits = bits + (1 << i)
        if i >= leaves and not arrays[i].is_leaf:
          return -1
    return bits

  # ---- layers with a way back of their own
  #
  # X_there takes inputs, arrays aside that no gradient flows to, and weights; it gives the result of a layer and what its
  # way back needs: nothing if keep is 0, without what weights in training need if it is 1. X_back takes the gradient g of
  # the result, rooms for the gradients of the weights, which are added to, and for each input whether gradients flow to it
  # and what has gathered there; it gives the whole gradient of each input. No numbers stand for: a frozen weight, nothing gathered, no gradient.

  def nothing(self) -> Tensor:
    return torch.empty([0], dtype=6)

  # The gradient of what went into x wᵀ, on top of what is there.
  def through(self, g: Tensor, w: Tensor, there: Tensor) -> Tensor:
    if there.numel() > 0:
      y = self.linear_onto(g, torch.t(w), there)
    else:
      y = self.linear(g, torch.t(w))
    return y

  # The gradients of the weight and the bias in x wᵀ + b, whose rooms are these two.
  def learn(self, g: Tensor, x: Tensor, weight: Tensor, bias: Tensor) -> None:
    flat = g.flatten(0, -2)
    if weight.numel() > 0:
      weight.addmm_(torch.t(flat), x.flatten(0, -2))
    if bias.numel() > 0:
      bias.add_(torch.sum(flat, [0]))
    return None

  def linear_there(self, inputs: List[Tensor], aside: List[Tensor], w: List[Tensor],
                   keep: int) -> Tuple[Tensor, List[Tensor]]:
    x = inputs[0]
    b = annotate(Optional[Tensor], None)
    if len(w) > 1:
      b = w[1]
    if len(inputs) > 1:
      y = ops.mkldnn._linear_pointwise(x, inputs[1], w[0], b, "add")
    else:
      y = ops.mkldnn._linear_pointwise(x, w[0], b, "none", self.none(), "")
    kept = annotate(List[Tensor], [])
    if keep > 1:
      kept.append(x)
    return (y, kept)

  def linear_back(self, g: Tensor, w: List[Tensor], rooms: List[Tensor], kept: List[Tensor], flows: List[int],
                  gathered: List[Tensor]) -> List[Tensor]:
    if len(kept) > 0:
      bias = self.nothing()
      if len(rooms) > 1:
        bias = rooms[1]
      self.learn(g, kept[0], rooms[0], bias)
    dx = self.nothing()
    if flows[0] == 1:
      dx = self.through(g, w[0], gathered[0])
    gradients = [dx]
    if len(flows) > 1:
      more = g
      if gathered[1].numel() > 0:
        more = torch.add(g, gathered[1])
      gradients.append(more)
    return gradients

  # ---- sublayers of a transformer (Sublayers.java), the weights in the order norm, then linear layers as they are used

  def norm(self, x: Tensor, w: List[Tensor], eps: float) -> Tuple[Tensor, Tensor, Tensor]:
    return torch.native_layer_norm(x, [x.size(-1)], w[0], w[1], eps)

  def norm_back(self, g: Tensor, x: Tensor, mean: Tensor, rstd: Tensor, w: List[Tensor], rooms: List[Tensor]) -> Tensor:
    learns = rooms[0].numel() + rooms[1].numel() > 0
    dx, dw, db = torch.native_layer_norm_backward(g, x, [x.size(-1)], mean, rstd, w[0], w[1], [True, learns, learns])
    if rooms[0].numel() > 0:
      rooms[0].add_(dw)
    if rooms[1].numel() > 0:
      rooms[1].add_(db)
    return dx

  # [B, T, D] to [B, H, T, d], and back
  def split(self, x: Tensor, heads: int) -> Tensor:
    return x.unflatten(-1, [heads, -1]).transpose(1, 2)

  def join(self, x: Tensor) -> Tensor:
    return x.transpose(1, 2).flatten(2)

  # What is added to the scores, the future among it.
  def unseen(self, q: Tensor, k: Tensor, mask: List[Tensor], causal: bool) -> Optional[Tensor]:
    scores = annotate(Optional[Tensor], None)
    if len(mask) > 0:
      hide = mask[0].type_as(q)
      if causal:
        hide = hide + self.future(q, k)
      scores = hide
    elif causal:
      scores = self.future(q, k)
    return scores

  def scaled(self, a: Tensor, b: Tensor, factor: float) -> Tensor:
    return torch.baddbmm(torch.empty([1], dtype=6), a, b, beta=0., alpha=factor)

  # Queries, keys and values [B, T, D] to what is seen [B, T, D], and what see_back needs. PyTorch's fused kernel is made
  # for long texts: up to 128 keys, products of whole heads take three fifths of its time (on one thread as long).
  def see(self, q: Tensor, k: Tensor, v: Tensor, mask: List[Tensor], heads: int,
           causal: bool) -> Tuple[Tensor, List[Tensor]]:
    q = self.split(q, heads)
    k = self.split(k, heads)
    v = self.split(v, heads)
    if k.size(2) > 128:
      future = causal and len(mask) == 0
      unseen = self.unseen(q, k, mask, causal and not future)
      seen, total = torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0., future, attn_mask=unseen)
      y = self.join(seen)
      kept = [q, k, v, seen, total]
    else:
      rows = [q.size(0), heads, q.size(2), -1]
      q = q.flatten(0, 1)
      k = k.flatten(0, 1)
      v = v.flatten(0, 1)
      scores = self.scaled(q, k.transpose(1, 2), float(q.size(-1)) ** -0.5)
      unseen = self.unseen(q, k, mask, causal)
      if unseen is not None:
        scores.view(rows).add_(unseen)
      share = torch.softmax(scores, -1)
      y = self.join(torch.bmm(share, v).view(rows))
      kept = [q, k, v, self.nothing(), share]
    return (y, kept)

  def see_back(self, g: Tensor, kept: List[Tensor], mask: List[Tensor], heads: int,
                causal: bool) -> Tuple[Tensor, Tensor, Tensor]:
    q, k, v, seen, last = kept[:5]
    g = self.split(g, heads)
    if q.dim() == 4:
      future = causal and len(mask) == 0
      unseen = self.unseen(q, k, mask, causal and not future)
      dq, dk, dv = torch._scaled_dot_product_flash_attention_for_cpu_backward(g, q, k, v, seen, last, 0., future, attn_mask=unseen)
    else:
      share = last
      g = g.flatten(0, 1)
      ds = torch._softmax_backward_data(torch.bmm(g, v.transpose(1, 2)), share, -1, 6)
      factor = float(q.size(-1)) ** -0.5
      dq = self.scaled(ds, k, factor).unflatten(0, [-1, heads])
      dk = self.scaled(ds.transpose(1, 2), q, factor).unflatten(0, [-1, heads])
      dv = torch.bmm(share.transpose(1, 2), g).unflatten(0, [-1, heads])
    return (self.join(dq), self.join(dk), self.join(dv))

  def attention_there(self, inputs: List[Tensor], mask: List[Tensor], w: List[Tensor], keep: int, heads: int,
                      causal: bool, before: bool, eps: float) -> Tuple[Tensor, List[Tensor]]:
    x = inputs[0]
    h = x
    mean = x
    rstd = x
    n = x
    if before:
      h, mean, rstd = self.norm(x, w, eps)
    source = h
    if len(inputs) > 1:
      source = inputs[1]
    if len(w) == 6:
      q, k, v = torch.chunk(self.linear_bias(h, w[2], w[3]), 3, -1)
    else:
      q = self.linear_bias(h, w[2], w[3])
      k = self.linear_bias(source, w[4], w[5])
      v = self.linear_bias(source, w[6], w[7])
    seen, looked = self.see(q, k, v, mask, heads, causal)
    y = self.linear_bias_onto(seen, w[-2], w[-1], x)
    if not before:
      n = y
      y, mean, rstd = self.norm(n, w, eps)
    kept = annotate(List[Tensor], [])
    if keep > 0:
      taught = [seen, h, source]
      if keep == 1:
        taught = [self.nothing(), self.nothing(), self.nothing()]
      kept = [n, mean, rstd] + looked + taught + mask
    return (y, kept)

  def attention_back(self, g: Tensor, w: List[Tensor], rooms: List[Tensor], kept: List[Tensor], flows: List[int],
                     gathered: List[Tensor], heads: int, causal: bool, before: bool, eps: float) -> List[Tensor]:
    n, mean, rstd = kept[:3]
    looked = kept[3:8]
    seen, h, source = kept[8:11]
    mask = kept[11:]
    learns = h.numel() > 0
    rest = g
    there = self.nothing()
    if not before:
      rest = self.norm_back(g, n, mean, rstd, w, rooms)
      there = rest
    if learns:
      self.learn(rest, seen, rooms[-2], rooms[-1])
    dq, dk, dv = self.see_back(self.through(rest, w[-2], self.nothing()), looked, mask, heads, causal)
    if len(w) == 6:
      both = torch.cat([dq, dk, dv], -1)
      if learns:
        self.learn(both, h, rooms[2], rooms[3])
      dx = self.through(both, w[2], there)
    else:
      if learns:
        self.learn(dq, h, rooms[2], rooms[3])
        self.learn(dk, source, rooms[4], rooms[5])
        self.learn(dv, source, rooms[6], rooms[7])
      dx = self.through(dq, w[2], there)
      if len(flows) == 1:
        dx = self.through(dv, w[6], self.through(dk, w[4], dx))
    if before:
      dx = self.norm_back(dx, n, mean, rstd, w, rooms).add_(g)
    if gathered[0].numel() > 0:
      dx = dx.add_(gathered[0])
    gradients = [dx]
    if len(flows) > 1:
      ds = self.nothing()
      if flows[1] == 1:
        ds = self.through(dv, w[6], self.through(dk, w[4], gathered[1]))
      gradients.append(ds)
    return gradients

  def mlp_there(self, inputs: List[Tensor], aside: List[Tensor], w: List[Tensor], keep: int, activation: str,
                before: bool, eps: float) -> Tuple[Tensor, List[Tensor]]:
    x = inputs[0]
    h = x
    mean = x
    rstd = x
    n = x
    if before:
      h, mean, rstd = self.norm(x, w, eps)
    if activation == "relu":
      u = ops.mkldnn._linear_pointwise(h, w[2], w[3], "relu", self.none(), "")
      a = u
    else:
      u = self.linear_bias(h, w[2], w[3])
      a = torch.gelu(u)
    y = self.linear_bias_onto(a, w[4], w[5], x)
    if not before:
      n = y
      y, mean, rstd = self.norm(n, w, eps)
    kept = annotate(List[Tensor], [])
    if keep > 0:
      kept = [n, mean, rstd, u]
    if keep > 1:
      kept = kept + [h, a]
    return (y, kept)

  def mlp_back(self, g: Tensor, w: List[Tensor], rooms: List[Tensor], kept: List[Tensor], flows: List[int],
               gathered: List[Tensor], activation: str, before: bool, eps: float) -> List[Tensor]:
    n, mean, rstd, u = kept[:4]
    learns = len(kept) > 4
    rest = g
    there = self.nothing()
    if not before:
      rest = self.norm_back(g, n, mean, rstd, w, rooms)
      there = rest
    if learns:
      self.learn(rest, kept[5], rooms[4], rooms[5])
    da = self.through(rest, w[4], self.nothing())
    if activation == "relu":
      du = torch.threshold_backward(da, u, 0.)
    else:
      du = torch.gelu_backward(da, u)
    if learns:
      self.learn(du, kept[4], rooms[2], rooms[3])
    dx = self.through(du, w[2], there)
    if before:
      dx = self.norm_back(dx, n, mean, rstd, w, rooms).add_(g)
    if gathered[0].numel() > 0:
      dx = dx.add_(gathered[0])
    return [dx]

  # On the way back, the logarithms of probabilities become the gradient of the scores, in place.
  def loss_there(self, inputs: List[Tensor], labels: List[Tensor], w: List[Tensor],
                 keep: int) -> Tuple[Tensor, List[Tensor]]:
    x = inputs[0]
    ids = labels[0].unsqueeze(-1)
    said = torch.log_softmax(self.linear(x, w[0]), -1)
    y = torch.neg(torch.sum(torch.gather(said, -1, ids)))
    kept = annotate(List[Tensor], [])
    if keep > 0:
      kept = [said, ids]
    if keep > 1:
      kept.append(x)
    return (y, kept)

  def loss_back(self, g: Tensor, w: List[Tensor], rooms: List[Tensor], kept: List[Tensor], flows: List[int],
                gathered: List[Tensor]) -> List[Tensor]:
    said, ids = kept[:2]
    wrong = said.exp_()
    wrong.scatter_(-1, ids, -1., reduce="add")
    wrong.mul_(g)
    if len(kept) > 2:
      self.learn(wrong, kept[2], rooms[0], self.nothing())
    dx = self.nothing()
    if flows[0] == 1:
      dx = self.through(wrong, w[0], gathered[0])
    return [dx]

  def sum(self, a: Tensor, b: Tensor) -> Tensor:
    return torch.add(a, b)

  def same(self, x: Tensor) -> Tensor:
    return x
