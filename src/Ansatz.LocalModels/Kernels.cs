namespace Ansatz.LocalModels;

/// <summary>
/// Which machine instructions compute the model. Different kernels round differently, so they decide a study's history. Chosen once a process, by
/// the first model that it loads.
/// </summary>
public enum Kernels
{
    /// <summary>AVX2 on x64, so that a study gives the same history on every such machine; what there is on others.</summary>
    Avx2,

    /// <summary>The fastest that this machine has: AVX-512 where there is one, some 15 % faster than AVX2.</summary>
    Fastest,
}
