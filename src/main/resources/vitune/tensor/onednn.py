# The bodies of Products.java, in TorchScript: products of f32 matrices on a CPU, made by oneDNN. PyTorch itself takes MKL,
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

  # The gradient of x, added to what has gathered; weights in training gather theirs by themselves.
  def back(self, g: Tensor, w: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(g, torch.t(w), None, "none", self.none(), "")

  def back_onto(self, g: Tensor, w: Tensor, gathered: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(g, gathered, torch.t(w), None, "add")

  def weight(self, g: Tensor, x: Tensor) -> Tensor:
    return torch.mm(torch.t(g.flatten(0, -2)), x.flatten(0, -2))

  def weight_onto(self, g: Tensor, x: Tensor, gathered: Tensor) -> Tensor:
    return gathered.addmm_(torch.t(g.flatten(0, -2)), x.flatten(0, -2))

  def bias(self, g: Tensor) -> Tensor:
    return torch.sum(g.flatten(0, -2), [0])

  def bias_onto(self, g: Tensor, gathered: Tensor) -> Tensor:
    return gathered.add_(torch.sum(g.flatten(0, -2), [0]))

  def sum(self, a: Tensor, b: Tensor) -> Tensor:
    return torch.add(a, b)

  def same(self, x: Tensor) -> Tensor:
    return x

  # Whether an array is f32 on a CPU (1), and gradients flow to it (2), from an array before it (4).
  def kind(self, x: Tensor) -> int:
    plain = int(x.dtype == 6 and x.device.type == "cpu")
    return plain + 2 * int(x.requires_grad) + 4 * int(not x.is_leaf)
